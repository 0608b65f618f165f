package dev.whatsappmd.localserver.pairing;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.CompanionKeys;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.pairing.CodeOffer.Entry;
import dev.whatsappmd.localserver.query.BadRequestException;
import dev.whatsappmd.localserver.query.IqHandlers;
import dev.whatsappmd.localserver.query.IqQuery;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Takes the requests of clients that show a code, and links those whose code is typed into a phone. On the event loop. */
public final class CodeDesk {
    /** A client's request for a code, e.g. to answer it in another way. */
    public static final StanzaMatch HELLO = StanzaMatch.iq("set", "md")
            .also("companion_hello", iq -> iq.child(CodeStanzas.TAG)
                    .filter(body -> body.hasAttribute("stage", "companion_hello"))
                    .isPresent());

    private static final int REF_BYTES = 24;
    private static final int FIRST_ID = 2_000_000_001;

    /** The server takes digits of browsers and letters of native clients, but not 0 (whatsapp-rust#593, #595). */
    private static final Pattern PLATFORM_ID = Pattern.compile("[1-9a-m]");
    /** The server wants a real operating system (whatsapp-rust#979, Baileys#2769). */
    private static final Pattern PLATFORM_DISPLAY =
            Pattern.compile("\\S[^()]* \\((Windows|Mac OS|Linux|Ubuntu|Fedora|Android|iOS)\\)");

    private final Clock clock;
    private final RandomGenerator random;
    private final Duration lifetime;
    private final Function<Jid, Optional<Account>> accounts;
    private final RegistrationDesk registrations;
    /** By client, the newest last. */
    private final Map<ServerConnection, CodeOffer> offers = new LinkedHashMap<>();

    private int nextId = FIRST_ID;

    /**
     * @param lifetime how long a code can be typed after it was asked for
     * @param accounts finds an account by number
     */
    public CodeDesk(
            Clock clock,
            RandomGenerator random,
            Duration lifetime,
            Function<Jid, Optional<Account>> accounts,
            RegistrationDesk registrations,
            IqHandlers queries) {
        this.clock = clock;
        this.random = random;
        this.lifetime = lifetime;
        this.accounts = accounts;
        this.registrations = registrations;
        queries.add(StanzaMatch.iq("set", "md").child(CodeStanzas.TAG), this::answer);
    }

    /**
     * Somebody is about to type a code for the client that asked last.
     *
     * @throws PairingRefusedException when there is none, or its code is too old
     */
    public CodeOffer.Typing begin(Account account) {
        return new CodeOffer.Typing(newest(account), CodeHandshake.Draws.of(random));
    }

    /**
     * Somebody typed a code: tells the client, and completes the future when the companion has signed and was told to
     * restart.
     *
     * @param hellos how often the phone begins before it goes on
     * @return fails with {@link PairingRefusedException}
     */
    public CompletableFuture<Device> typed(CodeOffer.Typing typing, CodeHandshake handshake, int hellos) {
        CodeOffer offer = typing.offer;
        Entry entry = new Entry(handshake, hellos);
        if (offers.get(offer.connection) != offer) {
            return CompletableFuture.failedFuture(
                    new PairingRefusedException("the client took the code back while it was typed"));
        }
        offer.fail("another code was typed meanwhile");
        offer.entry = entry;
        sayHello(offer);
        return entry.result;
    }

    /**
     * Tells the client that asked last that its code is taken no more and it shall ask for another.
     *
     * @throws PairingRefusedException when there is none, or its code is too old
     */
    public void refresh(Account account) {
        CodeOffer offer = newest(account);
        offers.remove(offer.connection, offer);
        offer.fail("the code was taken back");
        offer.connection.send(CodeStanzas.refreshCode(id(), clock.instant(), offer.ref));
    }

    /** The connection is over: its code is void. */
    public void closed(ServerConnection connection) {
        CodeOffer offer = offers.remove(connection);
        if (offer != null) {
            offer.fail("the connection ended before the client had answered");
        }
    }

    private Optional<Node> answer(IqQuery query) {
        Node body = query.child(CodeStanzas.TAG).orElseThrow();
        CompanionKeys keys = registrations
                .registering(query.connection())
                .orElseThrow(() -> bad("a request about a pairing code by a client that is not being linked"));
        String stage = body.attribute("stage", "");
        return switch (stage) {
            case "companion_hello" -> Optional.of(hello(query, body, keys));
            case "companion_finish" -> finish(query, body, keys);
            default -> throw bad("a request about a pairing code with the stage '" + stage + "'");
        };
    }

    private Node hello(IqQuery query, Node body, CompanionKeys keys) {
        Account account = Jid.tryParse(body.attribute("jid", ""))
                .filter(Jid::isPhoneNumber)
                .flatMap(accounts)
                .orElseThrow(() -> new BadRequestException(
                        404,
                        "item-not-found",
                        "asked for a pairing code of a number that no phone here has; make one with phone(number)"));
        byte[] wrapped = CodeStanzas.bytes(body, "link_code_pairing_wrapped_companion_ephemeral_pub")
                .filter(bytes -> bytes.length == CodeHandshake.WRAPPED_LENGTH)
                .orElseThrow(() -> bad("companion_hello without a wrapped ephemeral key of 80 bytes"));
        if (CodeStanzas.bytes(body, "companion_server_auth_key_pub")
                .filter(key -> Arrays.equals(key, keys.noiseKey()))
                .isEmpty()) {
            throw bad("companion_hello with another Noise key than the connection's");
        }
        requireMatch(body, "companion_platform_id", PLATFORM_ID);
        requireMatch(body, "companion_platform_display", PLATFORM_DISPLAY);
        if (CodeStanzas.bytes(body, "link_code_pairing_nonce").isEmpty()) {
            throw bad("companion_hello without a nonce");
        }
        closed(query.connection());
        CodeOffer offer = new CodeOffer(
                query.connection(), account, newRef(), wrapped, clock.instant().plus(lifetime));
        offers.put(query.connection(), offer);
        return query.result(CodeStanzas.helloResult(offer.ref));
    }

    private static void requireMatch(Node body, String tag, Pattern wanted) {
        String text = CodeStanzas.text(body, tag);
        if (!wanted.matcher(text).matches()) {
            throw bad("companion_hello with the " + tag + " '" + text + "', which WhatsApp does not take");
        }
    }

    private Optional<Node> finish(IqQuery query, Node body, CompanionKeys keys) {
        CodeOffer offer = offers.get(query.connection());
        byte[] ref = CodeStanzas.bytes(body, CodeStanzas.REF).orElse(new byte[0]);
        if (offer == null || !Arrays.equals(ref, offer.ref.getBytes(StandardCharsets.US_ASCII))) {
            throw new BadRequestException(404, "item-not-found", "companion_finish with a ref of no present code");
        }
        if (offer.entry == null) {
            throw bad("companion_finish without a primary_hello before");
        }
        if (CodeStanzas.bytes(body, "companion_identity_public")
                .filter(key -> Arrays.equals(key, keys.identityKey()))
                .isEmpty()) {
            throw bad("companion_finish with another identity than the client registered with");
        }
        byte[] bundle = CodeStanzas.bytes(body, "link_code_pairing_wrapped_key_bundle")
                .orElseThrow(() -> bad("companion_finish without a key bundle"));
        if (isOver(offer)) {
            offer.fail("the code became too old while the client answered");
            return Optional.of(query.error(404, "item-not-found"));
        }
        query.connection().send(query.result());
        open(offer, bundle, keys);
        return Optional.empty();
    }

    /** What the phone does with the answer. A client whose code was typed wrongly hears nothing of it. */
    private void open(CodeOffer offer, byte[] bundle, CompanionKeys keys) {
        Entry entry = offer.entry;
        byte[] advSecret;
        try {
            advSecret = entry.handshake.advSecret(bundle, keys.identityKey());
        } catch (PairingRefusedException e) {
            offer.fail(e.getMessage());
            return;
        }
        if (entry.hellosLeft > 0) {
            sayHello(offer);
            return;
        }
        offers.remove(offer.connection, offer);
        registrations.link(offer.connection, offer.account, advSecret).whenComplete((device, refusal) -> {
            if (device != null) {
                entry.result.complete(device);
            } else {
                entry.result.completeExceptionally(refusal);
            }
        });
    }

    private void sayHello(CodeOffer offer) {
        Entry entry = offer.entry;
        entry.hellosLeft--;
        offer.connection.send(CodeStanzas.primaryHello(
                id(),
                clock.instant(),
                offer.ref,
                entry.handshake.wrapped(),
                offer.account.identity().publicKey()));
    }

    private CodeOffer newest(Account account) {
        CodeOffer newest = null;
        for (CodeOffer offer : offers.values()) {
            if (offer.account == account) {
                newest = offer;
            }
        }
        if (newest == null) {
            throw new PairingRefusedException("no client shows a code for this phone: it asked for none, its code was"
                    + " taken back, or its connection has ended");
        }
        if (isOver(newest)) {
            throw new PairingRefusedException(
                    "the code is too old: it can be typed for " + lifetime.toSeconds() + " s");
        }
        return newest;
    }

    private boolean isOver(CodeOffer offer) {
        return !clock.instant().isBefore(offer.end);
    }

    private String newRef() {
        byte[] bytes = new byte[REF_BYTES];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private String id() {
        return Integer.toUnsignedString(nextId++);
    }

    private static BadRequestException bad(String what) {
        return new BadRequestException(400, "bad-request", what);
    }
}
