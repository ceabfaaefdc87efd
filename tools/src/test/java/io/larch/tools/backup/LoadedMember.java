package io.larch.tools.backup;

import io.larch.engine.EngineContext;
import io.larch.engine.SimMember;
import io.larch.engine.auth.AuthApplication;
import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import io.larch.engine.kv.ProtoMessage;
import io.larch.engine.port.AuthViews;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.Reply;
import io.larch.engine.port.StateFile;
import io.larch.engine.sim.KeyCommand;
import io.larch.engine.sim.SimEdge;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.agrona.ExpandableArrayBuffer;

/** A member on the test's own thread, with something of everything that a snapshot can hold. */
final class LoadedMember implements AutoCloseable {
    static final long EPOCH_NANOS = 1_700_000_000_000_000_000L;
    static final int FEATURE_LEVEL =
            Math.max(KvApplication.FEATURE_LEVEL, AuthApplication.FEATURE_LEVEL);
    private static final int SEGMENT_BYTES = 1 << 16;

    private final Edge edge = new Edge();
    final SimMember member;

    LoadedMember(final Path memberDir) {
        this(memberDir, false);
    }

    /**
     * @param isForced whether it goes on alone with what it finds.
     */
    LoadedMember(final Path memberDir, final boolean isForced) {
        this(memberDir, context -> context.forceNewCluster(isForced));
    }

    /**
     * @param more settings.
     */
    LoadedMember(final Path memberDir, final UnaryOperator<EngineContext> more) {
        member =
                SimMember.launch(
                        more.apply(
                                context(memberDir)
                                        .memberId(0xA1)
                                        .clusterId(0xC1)
                                        .name("old")
                                        .peerUrls(List.of("http://127.0.0.1:2380"))
                                        .clientUrls(List.of("http://127.0.0.1:2379"))),
                        false,
                        null);
        edge.port(member.openPort(edge));
        turn();
    }

    /** What all members of a test have in common. */
    static EngineContext context(final Path memberDir) {
        return new EngineContext()
                .memberDir(memberDir)
                .snapshotExecutor(Runnable::run)
                .walSegmentBytes(SEGMENT_BYTES)
                .maxNodes(10_000)
                .applications(
                        List.of(
                                AuthApplication.publishingTo(new AuthViews()),
                                KvApplication.of(new KvContext())))
                .featureLevel(FEATURE_LEVEL)
                .epochNanos(() -> EPOCH_NANOS)
                .nanoTime(() -> 0);
    }

    private void turn() {
        for (int i = 0; i < 20; i++) {
            member.turn();
        }
    }

    /** 3 keys of v2 in a directory, 2 of v3 and a third that is gone, a lease, a user. */
    LoadedMember load() {
        for (int i = 0; i < 3; i++) {
            edge.offer(new KeyCommand(CommandType.SET, "/d/" + i).value("v" + i).at(1));
        }
        edge.offer(
                (target, id) ->
                        AuthCommand.encodePutUser(
                                target, id, 1, "u1", "hash", null, List.of(), List.of()));
        kv(KvCommand.LEASE_GRANT, ProtoMessage.message().number(1, 600).number(2, 77));
        kv(KvCommand.PUT, ProtoMessage.message().text(1, "a").text(2, "1").number(3, 77));
        kv(KvCommand.PUT, ProtoMessage.message().text(1, "a").text(2, "2").number(3, 77));
        kv(KvCommand.PUT, ProtoMessage.message().text(1, "b").text(2, "x".repeat(100_000)));
        kv(KvCommand.PUT, ProtoMessage.message().text(1, "c"));
        kv(KvCommand.DELETE_RANGE, ProtoMessage.message().text(1, "c"));
        turn();
        return this;
    }

    /** One change more of v2 and of v3. */
    void more() {
        edge.offer(new KeyCommand(CommandType.SET, "/more").value("more").at(1));
        kv(KvCommand.PUT, ProtoMessage.message().text(1, "more").text(2, "1"));
        turn();
    }

    /** A write of v2. */
    void set(final String key, final String value) {
        edge.offer(new KeyCommand(CommandType.SET, key).value(value).at(1));
        turn();
    }

    /** A write of v3. */
    void put(final String key, final String value) {
        kv(KvCommand.PUT, ProtoMessage.message().text(1, key).text(2, value));
        turn();
    }

    /** A value of v2. */
    String get(final String key) {
        edge.offer(new KeyCommand(CommandType.GET, key).at(1));
        turn();
        return edge.value();
    }

    private void kv(final byte type, final ProtoMessage body) {
        final byte[] bytes = body.bytes();
        edge.offer(
                (target, id) -> {
                    final int at = KvCommand.encode(target, 0, type, 0, id, 1, bytes.length);
                    target.putBytes(at, bytes);
                    return at + bytes.length;
                });
    }

    /** What it would give a client. */
    byte[] state() {
        final List<QueryViews.State> states =
                edge.askLater(Query.Kind.STATE, QueryViews.State.class);
        turn();
        try (StateFile file = states.get(0).file()) {
            final ByteBuffer all = ByteBuffer.allocate((int) file.length());
            file.read(0, all, failure -> {});
            return all.array();
        }
    }

    Path save(final Path file) throws IOException {
        return Files.write(file, state());
    }

    @Override
    public void close() {
        member.close();
    }

    private static final class Edge extends SimEdge {
        private final ExpandableArrayBuffer last = new ExpandableArrayBuffer();

        void offer(final Encoder encoder) {
            offer(nextId(), encoder);
        }

        @Override
        protected void answered(final Reply reply) {
            if (reply.error() != null) {
                throw new AssertionError(reply.error());
            }
            last.putBytes(0, reply.bytes(), reply.offset(), reply.length());
        }

        String value() {
            final int node = EventFlyweight.HEADER_LENGTH;
            return last.getStringWithoutLengthUtf8(
                    EventFlyweight.valueOffset(last, node), EventFlyweight.valueLength(last, node));
        }

        @Override
        protected void cut(final long correlationId) {}

        @Override
        protected void watchStarted(final Reply start) {}

        @Override
        protected void happened(final Reply event) {}

        @Override
        protected void watchEnded(final long correlationId) {}
    }
}
