package io.larch.tools.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Two engines that talk to each other, without sockets. */
final class Handshake {
    private static final int MAX_STEPS = 200;

    private final Side client;
    private final Side server;

    private Handshake(final SSLEngine client, final SSLEngine server) {
        this.client = new Side(client);
        this.server = new Side(server);
    }

    /** An engine and what the other has sent to it. */
    private static final class Side {
        private final SSLEngine engine;
        private final ByteBuffer inbound;
        private final ByteBuffer plain;

        Side(final SSLEngine engine) {
            this.engine = engine;
            this.inbound = ByteBuffer.allocate(256 * 1024);
            this.plain = ByteBuffer.allocate(256 * 1024);
            inbound.flip();
        }

        boolean step(final Side other) throws SSLException {
            boolean hasWorked = false;
            for (Runnable task = engine.getDelegatedTask();
                    task != null;
                    task = engine.getDelegatedTask()) {
                task.run();
                hasWorked = true;
            }
            other.inbound.compact();
            final SSLEngineResult wrapped = engine.wrap(ByteBuffer.allocate(0), other.inbound);
            other.inbound.flip();
            hasWorked |= wrapped.bytesProduced() > 0;
            if (engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK
                    && inbound.hasRemaining()) {
                hasWorked |= engine.unwrap(inbound, plain).bytesConsumed() > 0;
            }
            return hasWorked;
        }

        boolean isDone() {
            final HandshakeStatus status = engine.getHandshakeStatus();
            return status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED;
        }
    }

    /**
     * Until both are done.
     *
     * @throws SSLException when one of them refuses the other; the server's word goes first.
     */
    static void between(final SSLEngine client, final SSLEngine server) throws SSLException {
        client.setUseClientMode(true);
        client.beginHandshake();
        final Handshake handshake = new Handshake(client, server);
        for (int i = 0; i < MAX_STEPS; i++) {
            final boolean hasWorked = handshake.step();
            if (!hasWorked && handshake.client.isDone() && handshake.server.isDone()) {
                return;
            }
        }
        throw new SSLException("no end of the handshake");
    }

    private boolean step() throws SSLException {
        final boolean hasWorked;
        try {
            hasWorked = client.step(server);
        } catch (final SSLException e) {
            server.step(client);
            server.step(client);
            throw e;
        }
        return hasWorked | server.step(client);
    }
}
