package dev.whatsappmd.engine.message;

import static dev.whatsappmd.engine.message.IntakeWorld.event;
import static dev.whatsappmd.engine.message.IntakeWorld.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.event.MessageKind;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Happening.IdentityChanged;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.proto.e2e.MessageKey;
import dev.whatsappmd.engine.proto.e2e.VerifiedNameCertificate;
import dev.whatsappmd.engine.signal.SignalAddress;
import org.junit.jupiter.api.Test;

/** Groups, numbers and LIDs: who sent it, and whose keys read it. */
class AddressesTest {
    private static final Jid GROUP = Jid.parse("120363000000000001@g.us");
    private static final String ANN_PN = "491511111111";
    private static final String ANN_LID = "200000000000001";

    private final IntakeWorld world = IntakeWorld.linked();
    private final Contact ann = new Contact(ANN_PN + ":2@s.whatsapp.net").meets(world, 1);

    @Test
    void readsAGroupMessageThatComesWithItsKey() {
        Node stanza = ann.groupStanza(GROUP)
                .attribute("participant_lid", ANN_LID + "@lid")
                .attribute("notify", "Ann")
                .child(ann.enc(ann.distribution(GROUP)))
                .child(ann.groupEnc(GROUP, Contact.text("hi all")))
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).hasSize(1);
        MessageEvent event = event(taken);
        assertThat(event.content().text()).isEqualTo("hi all");
        assertThat(event.key().remoteJid()).isEqualTo(GROUP.toString());
        assertThat(event.key().participant()).isEqualTo(ANN_PN + "@s.whatsapp.net");
        assertThat(event.key().participantAlt()).isEqualTo(ANN_LID + "@lid");
        assertThat(event.sender().pn()).isEqualTo(ANN_PN + "@s.whatsapp.net");
        assertThat(event.sender().lid()).isEqualTo(ANN_LID + "@lid");
        assertThat(event.sender().device()).isEqualTo(2);
        assertThat(event.pushName()).isEqualTo("Ann");
        Node next = ann.groupStanza(GROUP)
                .child(ann.groupEnc(GROUP, Contact.text("and again")))
                .build();
        assertThat(event(world.take(next)).content().text()).isEqualTo("and again");
    }

    @Test
    void readsAGroupMessageWhenOnlyItsOtherPartIsBroken() {
        world.take(
                ann.groupStanza(GROUP).child(ann.enc(ann.distribution(GROUP))).build());
        Node stanza = ann.groupStanza(GROUP)
                .child(ann.sessionEnc())
                .child(ann.groupEnc(GROUP, Contact.text("still here")))
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).hasSize(1);
        assertThat(event(taken).content().text()).isEqualTo("still here");
    }

    /** Else everybody in a group could replace the keys of everybody else. */
    @Test
    void takesAGroupKeyOnlyFromAPartForThisDeviceAlone() {
        Jid other = Jid.parse("120363000000000002@g.us");
        world.take(
                ann.groupStanza(GROUP).child(ann.enc(ann.distribution(GROUP))).build());
        Message smuggled =
                ann.distribution(other).toBuilder().setConversation("x").build();
        world.take(ann.groupStanza(GROUP).child(ann.groupEnc(GROUP, smuggled)).build());
        world.take(ann.stanza().child(ann.enc(smuggled)).build());
        Node stanza = ann.groupStanza(other)
                .child(ann.groupEnc(other, Contact.text("?")))
                .build();
        assertThat(event(world.take(stanza)).content().kind()).isEqualTo(MessageKind.UNREADABLE);
    }

    @Test
    void readsAStatus() {
        Jid status = Jid.STATUS_BROADCAST;
        Node stanza = ann.groupStanza(status)
                .child(ann.enc(ann.distribution(status)))
                .child(ann.groupEnc(status, Contact.text("on holiday")))
                .build();
        MessageEvent event = event(world.take(stanza));
        assertThat(event.broadcast()).isTrue();
        assertThat(event.chat()).isEqualTo("status@broadcast");
    }

    @Test
    void answersToABroadcastListGoToTheOneWhoSentIt() {
        Node stanza = ann.groupStanza(Jid.parse("1700000000@broadcast"))
                .child(ann.enc(Contact.text("to all of you")))
                .build();
        MessageEvent event = event(world.take(stanza));
        assertThat(event.chat()).isEqualTo(ANN_PN + "@s.whatsapp.net");
        assertThat(event.key().remoteJid()).isEqualTo("1700000000@broadcast");
    }

    /** The session began under the number; the LID comes to be known; the same session goes on under it. */
    @Test
    void goesOnUnderTheLidWithTheSessionOfTheNumber() {
        world.take(ann.writes(Contact.text("by number")));
        SignalAddress number = new SignalAddress(ANN_PN, 0, 2);
        SignalAddress lid = new SignalAddress(ANN_LID, 1, 2);
        assertThat(world.signal.hasSession(number)).isTrue();

        Node both = ann.stanza()
                .attribute("sender_lid", ANN_LID + "@lid")
                .child(ann.enc(Contact.text("both")))
                .build();
        MessageEvent event = event(world.take(both));
        assertThat(event.content().text()).isEqualTo("both");
        assertThat(event.key().remoteJidAlt()).isEqualTo(ANN_LID + "@lid");
        assertThat(world.signal.hasSession(number)).isFalse();
        assertThat(world.signal.hasSession(lid)).isTrue();

        world.restart();
        Node byLid = ann.stanza()
                .attribute("from", ANN_LID + ":2@lid")
                .child(ann.enc(Contact.text("by lid")))
                .build();
        event = event(world.take(byLid));
        assertThat(event.content().text()).isEqualTo("by lid");
        assertThat(event.key().remoteJid()).isEqualTo(ANN_LID + "@lid");
        assertThat(event.key().remoteJidAlt()).isEqualTo(ANN_PN + "@s.whatsapp.net");
        assertThat(event.key().addressingMode()).isEqualTo("lid");

        Node byNumber =
                ann.stanza().child(ann.enc(Contact.text("by number again"))).build();
        assertThat(event(world.take(byNumber)).content().text()).isEqualTo("by number again");
    }

    @Test
    void learnsTheRecipientsOtherAddressFromOwnMessages() {
        Contact phone = new Contact("100000000000001@lid").meets(world, 2);
        Node stanza = phone.stanza()
                .attribute("recipient", ANN_LID + "@lid")
                .attribute("peer_recipient_pn", ANN_PN + "@s.whatsapp.net")
                .child(phone.enc(Contact.text("to Ann")))
                .build();
        MessageEvent event = event(world.take(stanza));
        assertThat(event.key().fromMe()).isTrue();
        assertThat(event.key().remoteJidAlt()).isEqualTo(ANN_PN + "@s.whatsapp.net");
        assertThat(world.signal.numberOf(ANN_LID)).contains(ANN_PN);
    }

    @Test
    void tellsThatAContactHasANewIdentity() {
        world.take(ann.writes(Contact.text("old phone")));
        Contact other = new Contact("4999:2@s.whatsapp.net").meets(world, 2);
        Node stanza = ann.stanza().child(other.enc(Contact.text("new phone"))).build();
        Taken taken = world.take(stanza);
        assertThat(taken.happenings()).contains(new IdentityChanged(Jid.parse(ANN_PN + "@s.whatsapp.net")));
        assertThat(event(taken).content().text()).isEqualTo("new phone");
    }

    @Test
    void tellsTheNameOfAVerifiedBusiness() {
        byte[] certificate = VerifiedNameCertificate.newBuilder()
                .setDetails(VerifiedNameCertificate.Details.newBuilder()
                        .setVerifiedName("Shop & Co")
                        .build()
                        .toByteString())
                .build()
                .toByteArray();
        Node stanza = ann.stanza()
                .child(Node.builder("verified_name").bytes(certificate).build())
                .child(ann.enc(Contact.text("buy")))
                .build();
        assertThat(event(world.take(stanza)).verifiedBizName()).isEqualTo("Shop & Co");
        Node broken = ann.stanza()
                .child(Node.builder("verified_name").bytes(new byte[] {10, 99}).build())
                .child(ann.enc(Contact.text("buy")))
                .build();
        assertThat(event(world.take(broken)).verifiedBizName()).isNull();
    }

    /** "Me" in a reaction is the one who reacts. */
    @Test
    void turnsTheKeyOfAReactionToOurView() {
        Message toMine = Message.newBuilder()
                .setReactionMessage(Message.ReactionMessage.newBuilder()
                        .setText("👍")
                        .setKey(MessageKey.newBuilder()
                                .setRemoteJid("491700000001@s.whatsapp.net")
                                .setFromMe(false)
                                .setId("MINE")))
                .build();
        MessageEvent event = event(world.take(ann.writes(toMine)));
        assertThat(event.content().kind()).isEqualTo(MessageKind.REACTION);
        assertThat(event.content().text()).isEqualTo("👍");
        assertThat(event.content().target().fromMe()).isTrue();
        assertThat(event.content().target().id()).isEqualTo("MINE");
        assertThat(event.content().target().remoteJid()).isEqualTo(ANN_PN + "@s.whatsapp.net");
        assertThat(events(world.take(ann.writes(Message.getDefaultInstance())))).isEmpty();
    }
}
