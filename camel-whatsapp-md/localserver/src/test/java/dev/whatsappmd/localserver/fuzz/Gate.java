package dev.whatsappmd.localserver.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands between a client and the local server and hands every byte on, except on a connection that is attacked. Both
 * sides see a real socket.
 */
final class Gate implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final int serverPort;
    private final ServerSocket entrance;
    private final AtomicReference<Attack> next = new AtomicReference<>();

    /** What is done to one direction of one connection. */
    static final class Attack {
        private final boolean toClient;
        private final Relay relay;
        private final CountDownLatch over = new CountDownLatch(1);

        /** @param toClient whether it is the server's words that are altered, or the client's */
        Attack(boolean toClient, Relay relay) {
            this.toClient = toClient;
            this.relay = relay;
        }

        /** Waits until the attacked connection is gone. */
        void awaitOver(long seconds) throws InterruptedException {
            if (!over.await(seconds, TimeUnit.SECONDS)) {
                throw new AssertionError("the attacked connection was not ended within " + seconds + " s");
            }
        }
    }

    /** Hands bytes on in its own way; the connection ends when it returns. */
    @FunctionalInterface
    interface Relay {
        void run(Socket from, Socket to) throws IOException;
    }

    Gate(int serverPort) {
        this.serverPort = serverPort;
        try {
            entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("gate", this::acceptAll);
    }

    URI url() {
        return URI.create("ws://127.0.0.1:" + entrance.getLocalPort() + "/ws/chat");
    }

    /** Does this to the next connection. */
    void attackNext(Attack attack) {
        next.set(attack);
    }

    private void acceptAll() throws IOException {
        while (true) {
            Socket client = entrance.accept();
            Optional<Attack> attack = Optional.ofNullable(next.getAndSet(null));
            start("gate-link", () -> link(client, attack));
        }
    }

    private void link(Socket client, Optional<Attack> attack) throws IOException {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Relay toClient = attack.filter(wanted -> wanted.toClient)
                    .map(wanted -> wanted.relay)
                    .orElse(Gate::copy);
            Relay toServer = attack.filter(wanted -> !wanted.toClient)
                    .map(wanted -> wanted.relay)
                    .orElse(Gate::copy);
            Thread upwards = start("gate-upwards", () -> relay(toServer, client, server));
            relay(toClient, server, client);
            upwards.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            attack.ifPresent(done -> done.over.countDown());
        }
    }

    private static void relay(Relay relay, Socket from, Socket to) throws IOException {
        try {
            relay.run(from, to);
        } catch (IOException e) {
            // One side has ended: so does the other.
        } finally {
            from.close();
            to.close();
        }
    }

    private static void copy(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[BUFFER];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Thread start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The gate or a connection was closed.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
