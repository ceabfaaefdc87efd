package io.larch.tools.bootstrap.discovery;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A name server that knows SRV records and nothing else (RFC 1035, RFC 2782). */
final class SrvServer implements AutoCloseable {
    private static final int HEADER_LENGTH = 12;
    private static final int SRV_TYPE = 33;
    private static final int INTERNET_CLASS = 1;
    private static final int ANSWER = 0x8400;
    private static final int NO_SUCH_NAME = 0x8403;
    private static final int NAME_OF_QUESTION = 0xC00C;

    private final List<SrvRecord> records = new ArrayList<>();
    private final DatagramSocket socket;

    private record SrvRecord(String name, int priority, int weight, int port, String target) {}

    SrvServer() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        final Thread thread = new Thread(this::run, "name server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Before the first question. */
    SrvServer add(
            final String name,
            final int priority,
            final int weight,
            final int port,
            final String target) {
        synchronized (records) {
            records.add(new SrvRecord(name, priority, weight, port, target));
        }
        return this;
    }

    String url() {
        return "dns://127.0.0.1:" + socket.getLocalPort();
    }

    private void run() {
        final DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        try {
            while (true) {
                socket.receive(packet);
                final byte[] reply =
                        reply(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            }
        } catch (final IOException e) {
            if (!socket.isClosed()) {
                throw new IllegalStateException(e);
            }
        }
    }

    private byte[] reply(final ByteBuffer question) throws IOException {
        final short id = question.getShort();
        question.position(HEADER_LENGTH);
        final StringBuilder name = new StringBuilder();
        for (int length = question.get(); length > 0; length = question.get()) {
            final byte[] label = new byte[length];
            question.get(label);
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(label, StandardCharsets.US_ASCII));
        }
        final int questionEnd = question.position() + 2 * Short.BYTES;
        final List<SrvRecord> found;
        synchronized (records) {
            found =
                    records.stream()
                            .filter(r -> r.name().equalsIgnoreCase(name.toString()))
                            .toList();
        }
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(id);
        out.writeShort(found.isEmpty() ? NO_SUCH_NAME : ANSWER);
        out.writeShort(1);
        out.writeShort(found.size());
        out.writeInt(0);
        out.write(question.array(), HEADER_LENGTH, questionEnd - HEADER_LENGTH);
        for (final SrvRecord srv : found) {
            write(srv, out);
        }
        return bytes.toByteArray();
    }

    private static void write(final SrvRecord srv, final DataOutputStream out) throws IOException {
        final ByteArrayOutputStream target = new ByteArrayOutputStream();
        for (final String label : srv.target().split("\\.")) {
            target.write(label.length());
            target.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        target.write(0);
        out.writeShort(NAME_OF_QUESTION);
        out.writeShort(SRV_TYPE);
        out.writeShort(INTERNET_CLASS);
        out.writeInt(60);
        out.writeShort(3 * Short.BYTES + target.size());
        out.writeShort(srv.priority());
        out.writeShort(srv.weight());
        out.writeShort(srv.port());
        target.writeTo(out);
    }

    @Override
    public void close() {
        socket.close();
    }
}
