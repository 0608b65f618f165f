package dev.whatsappmd.localserver.connection;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.fault.CertificateFault;
import dev.whatsappmd.localserver.fault.Delivery;
import dev.whatsappmd.localserver.fault.FrameFault;
import dev.whatsappmd.localserver.fault.LoginFault;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.StanzaFault;
import dev.whatsappmd.localserver.fault.UpgradeFault;
import dev.whatsappmd.localserver.transport.EventLoop;
import dev.whatsappmd.localserver.transport.UpgradeAnswer;
import dev.whatsappmd.localserver.transport.WebSocketLink;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Does faults to one connection, and keeps those whose time comes in a moment. On the event loop. */
final class FaultHand {
    /** What the connection does for it. */
    interface Host {
        void send(Node stanza);

        void unlinked();
    }

    private final EventLoop loop;
    private final WebSocketLink link;
    private final Outgoing out;
    private final Host host;
    private UpgradeAnswer upgradeAnswer = UpgradeAnswer.agree();
    private @Nullable CertificateFault certificate;
    private @Nullable LoginFault login;
    private @Nullable StanzaFault stanza;
    private boolean silent;
    private boolean spoilsNextFrame;

    FaultHand(EventLoop loop, WebSocketLink link, Outgoing out, Host host) {
        this.loop = loop;
        this.link = link;
        this.out = out;
        this.host = host;
    }

    void apply(ServerFault fault) {
        if (fault instanceof ServerClose close) {
            close(close);
        } else if (fault instanceof ServerFault.Silence) {
            silent = true;
            link.mute();
        } else if (fault instanceof ServerFault.Stall stall) {
            link.hold();
            stall.duration().ifPresent(time -> loop.schedule(time, link::resume));
        } else if (fault instanceof ServerFault.Garbage garbage) {
            link.sendRaw(garbage.bytes());
        } else if (fault instanceof ServerFault.Says says) {
            host.send(says.stanza());
        } else if (fault instanceof FrameFault frame) {
            spoilsNextFrame = out.apply(frame);
        } else if (fault instanceof Delivery delivery) {
            out.apply(delivery);
        } else {
            keep(fault);
        }
    }

    private void keep(ServerFault fault) {
        if (fault instanceof UpgradeFault.HttpStatus refusal) {
            upgradeAnswer = UpgradeAnswer.refuse(refusal.status());
        } else if (fault instanceof UpgradeFault.WrongKey) {
            upgradeAnswer = UpgradeAnswer.agreeWithWrongKey();
        } else if (fault instanceof CertificateFault kept) {
            certificate = kept;
        } else if (fault instanceof LoginFault kept) {
            login = kept;
        } else if (fault instanceof StanzaFault kept) {
            stanza = kept;
        } else {
            throw new IllegalStateException("no code for the fault " + fault);
        }
    }

    private void close(ServerClose close) {
        if (close instanceof ServerClose.Stanza last) {
            end(last);
        } else if (close instanceof ServerClose.Unlink unlink) {
            host.unlinked();
            end(unlink.close());
        } else if (close instanceof ServerClose.SocketClose bare) {
            out.flush();
            link.close(bare.code(), bare.reason());
        } else if (close instanceof ServerClose.TcpReset) {
            link.reset();
        } else {
            throw new IllegalStateException("no code for the end " + close);
        }
    }

    private void end(ServerClose.Stanza close) {
        host.send(close.stanza());
        if (close.streamEnd()) {
            host.send(Node.of("xmlstreamend"));
        }
        out.flush();
        link.close(ServerClose.NORMAL, "");
    }

    /** Whether the connection only looks alive. */
    boolean isSilent() {
        return silent;
    }

    /** What is said to the request for a websocket. */
    UpgradeAnswer upgradeAnswer() {
        return upgradeAnswer;
    }

    /** What is wrong with the chain in the server's hello. */
    Optional<CertificateFault> certificate() {
        return Optional.ofNullable(certificate);
    }

    /** What is wrong with the answer to the login. */
    Optional<LoginFault> login() {
        return Optional.ofNullable(login);
    }

    /** What is done with the stanza that has just come; asked once. */
    Optional<StanzaFault> takeStanza() {
        Optional<StanzaFault> taken = Optional.ofNullable(stanza);
        stanza = null;
        return taken;
    }

    /** Where nothing would be sent by itself: gives a fault that waits for a frame the frames that it needs. */
    void provoke() {
        if (spoilsNextFrame) {
            spoilsNextFrame = false;
            // Of a truncated frame the second one is taken for the end.
            host.send(Bulletins.nothing());
            host.send(Bulletins.nothing());
        }
    }
}
