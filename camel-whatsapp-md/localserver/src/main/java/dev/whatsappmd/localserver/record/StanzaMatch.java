package dev.whatsappmd.localserver.record;

import dev.whatsappmd.engine.node.Node;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A question about a stanza that can say in words what it asks for.
 *
 * <pre>{@code
 * StanzaMatch.tag("receipt").with("type", "retry")
 * StanzaMatch.iq("get", "encrypt").child("count")
 * }</pre>
 */
public final class StanzaMatch implements Predicate<Node> {
    private final String words;
    private final Predicate<Node> test;

    private StanzaMatch(String words, Predicate<Node> test) {
        this.words = words;
        this.test = test;
    }

    /** Any stanza. */
    public static StanzaMatch any() {
        return new StanzaMatch("any stanza", node -> true);
    }

    /** A stanza with this tag. */
    public static StanzaMatch tag(String tag) {
        Objects.requireNonNull(tag, "tag");
        return new StanzaMatch("<" + tag + ">", node -> node.is(tag));
    }

    /** An iq request, e.g. {@code iq("get", "encrypt")}. */
    public static StanzaMatch iq(String type, String xmlns) {
        return tag("iq").with("type", type).with("xmlns", xmlns);
    }

    /** One more condition: an attribute has this value. */
    public StanzaMatch with(String attribute, String value) {
        return also(attribute + "=" + value, node -> node.hasAttribute(attribute, value));
    }

    /** One more condition: an attribute is not there. */
    public StanzaMatch without(String attribute) {
        return also("no " + attribute, node -> node.attribute(attribute).isEmpty());
    }

    /** One more condition: there is a child with this tag. */
    public StanzaMatch child(String tag) {
        return also("child <" + tag + ">", node -> node.child(tag).isPresent());
    }

    /** One more condition of any kind. */
    public StanzaMatch also(String description, Predicate<Node> condition) {
        return new StanzaMatch(words + " " + description, test.and(condition));
    }

    @Override
    public boolean test(Node node) {
        return test.test(node);
    }

    @Override
    public String toString() {
        return words;
    }

    /** A stanza's kind in a few words, without anything personal: tag, type, class, namespace, first child, id. */
    public static String label(Node node) {
        StringBuilder text = new StringBuilder("<").append(node.tag());
        for (String name : new String[] {"type", "class", "xmlns", "code", "reason", "error"}) {
            node.attribute(name).ifPresent(value -> text.append(' ').append(value));
        }
        text.append('>');
        node.children().stream().findFirst().ifPresent(child -> {
            text.append(' ').append(child.tag());
            child.attribute("type").ifPresent(type -> text.append(' ').append(type));
        });
        return text.toString();
    }
}
