package dev.whatsappmd.engine.node;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** Child nodes as a read-only list over an array that nobody else keeps. */
final class NodeList extends AbstractList<Node> implements RandomAccess {
    private final Node[] nodes;

    private NodeList(Node[] nodes) {
        this.nodes = nodes;
    }

    static List<Node> of(Node[] owned) {
        return owned.length == 0 ? List.of() : new NodeList(owned);
    }

    @Override
    public Node get(int index) {
        return nodes[index];
    }

    @Override
    public int size() {
        return nodes.length;
    }
}
