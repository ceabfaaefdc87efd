package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.port.Query;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import io.larch.http.auth.Guard;
import io.larch.http.auth.PasswordWorker;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.output.OutputBudget;
import io.larch.http.wire.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a unary call leaves behind at the edge, on a connection that is in use. */
@Tag("slow")
class GrpcAllocationTest {
    private static final int CALLS = 10_000;
    private static final int WINDOWS = 3;

    /** Netty's part of it is a stream with its windows, and the headers that the client sent. */
    private static final int MAX_BYTES_PER_CALL = 1_536;

    private static final String TIMEOUT = "grpc-timeout";

    // HPACK: a value that is not put in the table, its name from there (RFC 7541 6.2.2).
    private static final int LITERAL = 0x0f;
    private static final int NEWEST_NAME = 62 - LITERAL;

    /** Answer to a read of a key with a value of some 128 bytes. */
    private static final byte[] KEY_AND_VALUE = new byte[160];

    @Test
    void shouldLeaveLittleOfAPut() throws Exception {
        measure(GrpcTest.PUT, GrpcTest.PUT_A, new byte[0], null);
    }

    @Test
    void shouldLeaveLittleOfARange() throws Exception {
        measure(GrpcTest.RANGE, GrpcTest.RANGE_A, KEY_AND_VALUE, null);
    }

    @Test
    void shouldLeaveLittleOfACallWithADeadline() throws Exception {
        measure(GrpcTest.RANGE, GrpcTest.RANGE_A, KEY_AND_VALUE, "4999m");
    }

    /** On a thread like an event loop's, where Netty pools. */
    private static void measure(
            final String path, final byte[] request, final byte[] answer, final String timeout)
            throws Exception {
        final FutureTask<Long> task =
                new FutureTask<>(() -> new Calls(path, request, answer, timeout).bytesPerCall());
        new FastThreadLocalThread(task).start();
        final long perCall = task.get();
        assertTrue(perCall <= MAX_BYTES_PER_CALL, perCall + " bytes per call");
    }

    /** One connection, one call at a time. */
    private static final class Calls {
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final Sink sink = new Sink();
        private final EdgeLoop loop;
        private final ByteBuf opening = Unpooled.directBuffer();
        private final ByteBuf call = Unpooled.buffer();
        private int dataAt;
        private int streamId = 1;

        Calls(final String path, final byte[] request, final byte[] answer, final String timeout)
                throws Http2Exception {
            final PasswordWorker passwords = PasswordWorker.stepped(System::nanoTime);
            final HttpContext context =
                    new HttpContext()
                            .epochNanos(() -> Client.NOW_NANOS)
                            .v3(V3Options.DEFAULT)
                            .memberId(7)
                            .conclude();
            final OutputBudget budget = new OutputBudget(1L << 30);
            loop =
                    new EdgeLoop(
                            context,
                            channel.eventLoop(),
                            (handler, executor) -> new Echo(handler, answer),
                            new EdgeCounters(null, 0),
                            new InputBudget(1L << 30),
                            budget,
                            new Guard.Member(context.auth(), passwords, context.bcryptCost()));
            final Pages pages = new Pages(context, List.of(loop.counters()), budget, passwords);
            channel.pipeline().addLast(sink, loop.connection(pages.forClients()));
            encode(path, request, timeout);
        }

        /** A client's headers are in both sides' tables from the second call on. */
        private void encode(final String path, final byte[] request, final String timeout)
                throws Http2Exception {
            final Http2Headers headers = GrpcTest.headers(path).add("user-agent", "grpc-go/1.26.0");
            final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder();
            final ByteBuf first = Unpooled.buffer();
            final ByteBuf block = Unpooled.buffer();
            if (timeout != null) {
                headers.add(TIMEOUT, "1S");
            }
            hpack.encodeHeaders(1, headers, first);
            headers.remove(TIMEOUT);
            hpack.encodeHeaders(3, headers, block);
            if (timeout != null) {
                // The name is in the table; what is left of the time is another one each time.
                block.writeByte(LITERAL).writeByte(NEWEST_NAME).writeByte(timeout.length());
                block.writeCharSequence(timeout, StandardCharsets.US_ASCII);
            }
            opening.writeBytes(Http2CodecUtil.connectionPrefaceBuf());
            frame(opening, 0, 4, 0, 0);
            frame(opening, 4, 8, 0, 0);
            opening.writeInt(1 << 30);
            request(opening, first, request, 1);
            dataAt = request(call, block, request, 3);
        }

        /** Returns where the frame of data begins. */
        private static int request(
                final ByteBuf target, final ByteBuf block, final byte[] request, final int id) {
            frame(target, block.readableBytes(), 1, 4, id);
            target.writeBytes(block);
            final int at = target.writerIndex();
            final byte[] message = GrpcTest.frame(request);
            frame(target, message.length, 0, 1, id);
            target.writeBytes(message);
            return at;
        }

        private static void frame(
                final ByteBuf target,
                final int length,
                final int type,
                final int flags,
                final int id) {
            target.writeMedium(length).writeByte(type).writeByte(flags).writeInt(id);
        }

        long bytesPerCall() {
            channel.pipeline().fireChannelRead(opening);
            channel.pipeline().fireChannelReadComplete();
            call(CALLS);
            final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            // What the JVM allocates once for itself falls into some of the windows, not into all.
            long least = Long.MAX_VALUE;
            for (int i = 0; i < WINDOWS; i++) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                call(CALLS);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            channel.checkException();
            assertTrue(channel.isOpen());
            assertEquals(1 + (1 + WINDOWS) * CALLS, sink.ends);
            channel.finishAndReleaseAll();
            call.release();
            return least / CALLS;
        }

        private void call(final int count) {
            for (int i = 0; i < count; i++) {
                streamId += 2;
                call.setInt(5, streamId).setInt(dataAt + 5, streamId);
                // As from a socket: in a buffer of its own.
                final ByteBuf read = channel.alloc().directBuffer(call.readableBytes());
                channel.pipeline()
                        .fireChannelRead(read.writeBytes(call.array(), 0, call.readableBytes()));
                channel.pipeline().fireChannelReadComplete();
            }
        }
    }

    /** Takes what is written, as a socket does: what was flushed is gone. Counts streams' ends. */
    private static final class Sink extends ChannelOutboundHandlerAdapter {
        private final ArrayDeque<ChannelPromise> unflushed = new ArrayDeque<>();
        private int missing;
        private int ends;

        @Override
        public void write(
                final ChannelHandlerContext ctx,
                final Object message,
                final ChannelPromise promise) {
            count((ByteBuf) message);
            ((ByteBuf) message).release();
            unflushed.add(promise);
        }

        private void count(final ByteBuf bytes) {
            int at = bytes.readerIndex() + missing;
            while (at + 9 <= bytes.writerIndex()) {
                final int length = bytes.getMedium(at);
                final boolean isOfStream = bytes.getByte(at + 3) < 2;
                ends += isOfStream ? bytes.getByte(at + 4) & 1 : 0;
                at += 9 + length;
            }
            missing = at - bytes.writerIndex();
        }

        @Override
        public void flush(final ChannelHandlerContext ctx) {
            for (ChannelPromise next = unflushed.poll(); next != null; next = unflushed.poll()) {
                next.trySuccess();
            }
        }
    }

    /**
     * Answers everything with the same message: reads at once, writes when the edge has handed over
     * all it has.
     */
    private static final class Echo implements RequestPort {
        private final ReplyHandler handler;
        private final Reply reply = new Reply();
        private final UnsafeBuffer result = new UnsafeBuffer(new byte[256]);
        private final int length;
        private final LongArrayList asked = new LongArrayList();

        Echo(final ReplyHandler handler, final byte[] answer) {
            this.handler = handler;
            final int at = KvReply.encodeHead(result, 0, false, null);
            result.putBytes(at, answer);
            length = at + answer.length;
        }

        @Override
        public int id() {
            return 1;
        }

        @Override
        public boolean offer(final DirectBuffer command, final int offset, final int size) {
            final long id = command.getLong(offset + CommandEnvelope.CORRELATION_ID_OFFSET);
            if (KvCommand.isRead(command.getByte(offset + CommandEnvelope.TYPE_OFFSET))) {
                answer(id);
            } else {
                asked.addLong(id);
            }
            return true;
        }

        @Override
        public boolean ask(final Query<?> query) {
            return false;
        }

        @Override
        public void flush() {
            for (int i = 0; i < asked.size(); i++) {
                answer(asked.getLong(i));
            }
            asked.clear();
            handler.onBatchEnd();
        }

        private void answer(final long id) {
            handler.onReply(
                    reply.begin(Reply.Kind.RESULT, id).indexes(9, 10, 2).bytes(result, 0, length));
        }
    }
}
