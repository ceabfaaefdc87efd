package io.larch.bench.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import java.util.function.Function;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.SystemEpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * {@code KV.Put} and {@code KV.Range} by grpc-java, without generated messages: requests go to the
 * engine, and answers to the client, as bytes. That is less than real stubs cost.
 *
 * <p>On the event loop's thread.
 */
final class JavaKv implements ReplyHandler {
    private static final String SERVICE = "etcdserverpb.KV";
    private static final int HEADER_FIELD = 1;

    private final Long2ObjectHashMap<ServerCall<byte[], byte[]>> waiting =
            new Long2ObjectHashMap<>();
    private final ExpandableArrayBuffer command = new ExpandableArrayBuffer();
    private final ExpandableArrayBuffer header = new ExpandableArrayBuffer();
    private final ExpandableArrayBuffer answer = new ExpandableArrayBuffer();
    private final UnsafeBuffer request = new UnsafeBuffer(0, 0);
    private final SystemEpochNanoClock clock = new SystemEpochNanoClock();
    private final long memberId;
    private RequestPort port;
    private long lastCall;

    JavaKv(final long memberId) {
        this.memberId = memberId;
    }

    /** Opens the way into the engine, before the first call. */
    void open(final Function<ReplyHandler, RequestPort> engine) {
        port = engine.apply(this);
    }

    ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(method("Put"), (call, headers) -> start(call, KvCommand.PUT, 0))
                .addMethod(
                        method("Range"),
                        (call, headers) -> start(call, KvCommand.RANGE, CommandEnvelope.QUORUM))
                .build();
    }

    static MethodDescriptor<byte[], byte[]> method(final String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
    }

    private ServerCall.Listener<byte[]> start(
            final ServerCall<byte[], byte[]> call, final byte type, final int flags) {
        call.request(2);
        return new ServerCall.Listener<>() {
            private byte[] message;

            @Override
            public void onMessage(final byte[] message) {
                this.message = message;
            }

            @Override
            public void onHalfClose() {
                offer(call, type, flags, message);
            }
        };
    }

    private void offer(
            final ServerCall<byte[], byte[]> call,
            final byte type,
            final int flags,
            final byte[] message) {
        request.wrap(message);
        final long id = (long) port.id() << RequestPort.ID_SHIFT | ++lastCall;
        final int at =
                KvCommand.encode(command, 0, type, flags, id, clock.nanoTime(), message.length);
        command.putBytes(at, request, 0, message.length);
        waiting.put(id, call);
        if (!port.offer(command, 0, at + message.length)) {
            waiting.remove(id);
            call.close(Status.UNAVAILABLE, new Metadata());
        }
        port.flush();
    }

    @Override
    public void onReply(final Reply reply) {
        final ServerCall<byte[], byte[]> call = waiting.remove(reply.correlationId());
        if (reply.kind() != Reply.Kind.RESULT
                || KvReply.error(reply.bytes(), reply.offset()) != null) {
            call.close(Status.UNKNOWN, new Metadata());
            return;
        }
        call.sendHeaders(new Metadata());
        call.sendMessage(message(reply));
        call.close(Status.OK, new Metadata());
    }

    private byte[] message(final Reply reply) {
        int length = ProtoWriter.number(header, 0, 1, 1);
        length = ProtoWriter.number(header, length, 2, memberId);
        length = ProtoWriter.number(header, length, 3, reply.storeIndex());
        length = ProtoWriter.number(header, length, 4, reply.raftTerm());
        final int at = ProtoWriter.element(answer, 0, HEADER_FIELD, header, 0, length);
        final int bodyLength = reply.length() - KvReply.HEAD_LENGTH;
        final byte[] message = new byte[at + bodyLength];
        answer.getBytes(0, message, 0, at);
        reply.bytes().getBytes(reply.offset() + KvReply.HEAD_LENGTH, message, at, bodyLength);
        return message;
    }

    @Override
    public void onBatchEnd() {
        // grpc-java flushes by itself.
    }
}
