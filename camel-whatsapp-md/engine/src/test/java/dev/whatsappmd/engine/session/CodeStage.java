package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.pairing.Pairing;

/** How far linking by a code that the options ask for has come, when something else happens. */
enum CodeStage {
    /** The server has not offered to link this device. */
    NOT_OFFERED,
    /** The request for a code is being computed. */
    COMPUTING,
    /** The server has not said whether it takes the code. */
    ASKED,
    /** The code can be typed. */
    SHOWN,
    /** It was typed, and the answer to the phone is being computed. */
    TYPED,
    /** The answer is sent; the server has not said whether it passed it on. */
    ANSWERED,
    /** The phone has its answer. */
    AGREED;

    /** A device that is linked so, at this stage. */
    MachineWorld world(Pairing pairing) {
        MachineWorld world = CodeTalk.connected(pairing);
        if (this == NOT_OFFERED) {
            return world;
        }
        world.codeWork.later = this == COMPUTING;
        world.receive(Stanzas.pairDevice(6));
        if (compareTo(SHOWN) >= 0) {
            CodeTalk.taken(world, "ref");
        }
        if (compareTo(TYPED) >= 0) {
            world.codeWork.later = this == TYPED;
            world.receive(Stanzas.primaryHello("typed-1"));
        }
        if (this == AGREED) {
            world.receive(Stanzas.answer(CodeTalk.asked(world, "companion_finish")));
        }
        return world;
    }

    MachineWorld world() {
        return world(CodeTalk.BY_CODE);
    }

    /** Whether the server knows of a code. */
    boolean isShown() {
        return compareTo(SHOWN) >= 0;
    }
}
