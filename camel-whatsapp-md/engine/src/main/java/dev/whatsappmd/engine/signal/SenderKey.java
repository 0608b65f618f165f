package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsaKey;
import org.jspecify.annotations.Nullable;

/**
 * One sender key: a chain for the messages and a key pair that signs them, of which others have the public half only.
 */
final class SenderKey {
    private final int id;
    private final XEdDsaKey verifier;
    private final @Nullable KeyPair signing;
    private MessageChain chain;

    /** @param id unsigned; @param signingPublic 32 bytes; @param signing null when it is not ours */
    SenderKey(int id, byte[] signingPublic, @Nullable KeyPair signing, MessageChain chain) {
        this.id = id;
        this.verifier = new XEdDsaKey(signingPublic);
        this.signing = signing;
        this.chain = chain;
    }

    int id() {
        return id;
    }

    XEdDsaKey verifier() {
        return verifier;
    }

    @Nullable
    KeyPair signing() {
        return signing;
    }

    MessageChain chain() {
        return chain;
    }

    /**
     * Its owner says where the chain is now. A chain that can get there by itself stays, and does not go back; one that is
     * left too far behind (a long time without messages) is moved.
     */
    void catchUp(byte[] chainKey, long iteration) {
        if (iteration - chain.next() > MessageChain.JUMP_MAX) {
            chain = new MessageChain(chainKey, iteration, chain.skipped());
        }
    }
}
