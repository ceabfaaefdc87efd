package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.larch.engine.codec.Action;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthViews;
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
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** The way of a plain request through the edge leaves no garbage. */
class AllocationTest {
    private static final int REQUESTS = 20_000;
    private static final int BYTES_PER_REQUEST = 16;

    @Test
    void shouldNotAllocateForAGet() throws Exception {
        measure("GET /v2/keys/foo/bar?recursive=false HTTP/1.1\r\nHost: localhost:2379\r\n\r\n");
    }

    @Test
    void shouldNotAllocateForListingsThatChangeAndThatDoNot() throws Exception {
        measure("GET /v2/keys/listed?recursive=true HTTP/1.1\r\nHost: localhost:2379\r\n\r\n");
    }

    @Test
    void shouldNotAllocateForAPut() throws Exception {
        measure(
                "PUT /v2/keys/foo/bar HTTP/1.1\r\nHost: localhost:2379\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: 13\r\n\r\nvalue=1%202+3");
    }

    /** A user whose pair is known, with a role that is looked through. */
    private static AuthView view() {
        final AuthView.User user =
                new AuthView.User(
                        "u1", BCrypt.hashpw("pw", BCrypt.gensalt(4)), List.of("none", "r1"));
        final AuthView.Role role =
                new AuthView.Role("r1", List.of("/a", "/foo/*"), List.of("/a", "/foo/*"));
        return AuthView.EMPTY.with(user).with(role).enabled(true);
    }

    private static final String AUTHORIZATION = "Authorization: Basic dTE6cHc=\r\n";

    @Test
    void shouldNotAllocateForAGetOfAUserThatIsKnown() throws Exception {
        measure(
                "GET /v2/keys/foo/bar HTTP/1.1\r\nHost: localhost:2379\r\n"
                        + AUTHORIZATION
                        + "\r\n",
                view());
    }

    @Test
    void shouldNotAllocateForAPutOfAUserThatIsKnown() throws Exception {
        measure(
                "PUT /v2/keys/foo/bar HTTP/1.1\r\nHost: localhost:2379\r\n"
                        + AUTHORIZATION
                        + "Content-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: 13\r\n\r\nvalue=1%202+3",
                view());
    }

    private static void measure(final String text) throws Exception {
        measure(text, AuthView.EMPTY);
    }

    /** On a thread like an event loop's, where Netty pools. */
    private static void measure(final String text, final AuthView view) throws Exception {
        final FutureTask<Long> task = new FutureTask<>(() -> bytesPerRequest(text, view));
        new FastThreadLocalThread(task).start();
        final long perRequest = task.get();
        assertTrue(perRequest <= BYTES_PER_REQUEST, perRequest + " bytes per request");
    }

    private static long bytesPerRequest(final String text, final AuthView view) {
        final EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
        final AuthViews views = new AuthViews();
        final PasswordWorker passwords = PasswordWorker.stepped(System::nanoTime);
        final HttpContext context =
                new HttpContext().epochNanos(() -> Client.NOW_NANOS).auth(views);
        views.publish(view);
        final OutputBudget budget = new OutputBudget(1L << 30);
        final EdgeLoop loop =
                new EdgeLoop(
                        context.conclude(),
                        channel.eventLoop(),
                        (handler, executor) -> new Echo(handler),
                        new EdgeCounters(null, 0),
                        new InputBudget(1L << 30),
                        budget,
                        new Guard.Member(context.auth(), passwords, context.bcryptCost()));
        final Pages pages = new Pages(context, List.of(loop.counters()), budget, passwords);
        channel.pipeline().addLast(new Sink(), new HttpConnection(loop, pages.forClients()));
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        final ByteBuf request = PooledByteBufAllocator.DEFAULT.directBuffer();
        request.writeBytes(bytes);

        send(channel, request, 1);
        while (passwords.runNext()) {
            channel.runPendingTasks();
        }
        send(channel, request, REQUESTS);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();
        send(channel, request, REQUESTS);
        final long perRequest = (threads.getCurrentThreadAllocatedBytes() - before) / REQUESTS;
        request.release();
        channel.finishAndReleaseAll();
        return perRequest;
    }

    private static void send(
            final EmbeddedChannel channel, final ByteBuf request, final int count) {
        for (int i = 0; i < count; i++) {
            request.readerIndex(0);
            channel.pipeline().fireChannelRead(request.retain());
            channel.pipeline().fireChannelReadComplete();
        }
    }

    /** Takes what is written, so that the test's channel itself does not count. */
    private static final class Sink extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(
                final ChannelHandlerContext ctx,
                final Object message,
                final ChannelPromise promise) {
            ((ByteBuf) message).release();
        }

        @Override
        public void flush(final ChannelHandlerContext ctx) {
            // Nothing is kept.
        }
    }

    /** Answers everything at once with the same file. */
    private static final class Echo implements RequestPort {
        private final ReplyHandler handler;
        private final Reply reply = new Reply();
        private final UnsafeBuffer event = new UnsafeBuffer(new byte[256]);
        private final int length;
        private long listed;

        Echo(final ReplyHandler handler) {
            this.handler = handler;
            int at = EventFlyweight.encodeHeader(event, 0, Action.GET, 0, 9);
            at =
                    EventFlyweight.encodeNode(
                            event,
                            at,
                            EventFlyweight.NODE_HAS_VALUE | EventFlyweight.NODE_HAS_EXPIRATION,
                            2,
                            3,
                            0,
                            123_456,
                            9,
                            Client.NOW_NANOS,
                            5);
            event.putBytes(at, "/a<b>".getBytes(StandardCharsets.US_ASCII));
            length = at + 5;
        }

        @Override
        public int id() {
            return 1;
        }

        @Override
        public boolean offer(final DirectBuffer command, final int offset, final int size) {
            final long id = command.getLong(offset + CommandEnvelope.CORRELATION_ID_OFFSET);
            final int name = offset + KeysCommand.HEADER_LENGTH + 1;
            final boolean isListed = command.getByte(name) == 'l';
            handler.onReply(
                    reply.begin(Reply.Kind.RESULT, id)
                            .listing(isListed ? ++listed / 3 : 0)
                            .indexes(9, 10, 2)
                            .bytes(event, 0, length));
            return true;
        }

        @Override
        public boolean ask(final Query<?> query) {
            return false;
        }

        @Override
        public void flush() {
            handler.onBatchEnd();
        }
    }
}
