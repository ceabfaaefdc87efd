package io.larch.http;

import io.larch.http.auth.Guard;
import io.larch.http.auth.PasswordWorker;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.output.OutputBudget;
import io.larch.http.route.PageTable;
import io.larch.http.wire.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A client of an edge with one connection and a {@link FakeEngine}; text is one char per byte. */
final class Client implements AutoCloseable {
    static final long NOW_NANOS = 1795224325_123456789L;

    final FakeEngine engine = new FakeEngine();
    final EmbeddedChannel channel = new EmbeddedChannel();
    final EdgeLoop loop;
    private final PageTable pages;
    final OutputBudget outputBudget;

    /** Works when the client looks what came back. */
    final PasswordWorker passwords;

    boolean isPasswordWorkerBusy;

    /** A test that half-closes the connection says so. */
    boolean isInputEnded;

    /** What the edge's clock throws once, as a fault of its own code would; null: it works. */
    RuntimeException fault;

    final EdgeCounters counters;
    private long monotonicNanos;

    Client() {
        this(new HttpContext());
    }

    Client(final HttpContext context) {
        this(context, Pages::forClients);
    }

    Client(final HttpContext context, final Function<Pages, PageTable> kind) {
        // Time passes by advanceMs alone, however slow the machine is.
        channel.freezeTime();
        context.clusterId(0xa10e20a2639400dbL)
                .epochNanos(this::epochNanos)
                .monotonicNanos(() -> monotonicNanos)
                .conclude();
        outputBudget = new OutputBudget(context.maxOutputBytes());
        passwords = PasswordWorker.stepped(() -> monotonicNanos);
        loop =
                new EdgeLoop(
                        context,
                        channel.eventLoop(),
                        (handler, executor) -> engine.attach(handler),
                        new EdgeCounters(null, 0),
                        new InputBudget(1L << 30),
                        outputBudget,
                        new Guard.Member(context.auth(), passwords, context.bcryptCost()));
        counters = loop.counters();
        pages = kind.apply(new Pages(context, List.of(counters), outputBudget, passwords));
        channel.pipeline().addLast(connection());
    }

    /** One more of the same loop. */
    HttpConnection connection() {
        return new HttpConnection(loop, pages);
    }

    /** Looks first what the connection speaks, as a listener's connections do. */
    Client listening() {
        channel.pipeline().removeFirst();
        channel.pipeline().addLast(loop.connection(pages));
        return this;
    }

    private long epochNanos() {
        if (fault != null) {
            final RuntimeException thrown = fault;
            fault = null;
            throw thrown;
        }
        return NOW_NANOS;
    }

    /** Sends bytes and returns what came back at once. */
    String send(final String bytes) {
        write(bytes);
        return received();
    }

    void write(final String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    String get(final String target) {
        return send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    String form(final String method, final String target, final String body) {
        return request(method, target, "application/x-www-form-urlencoded", body);
    }

    String request(
            final String method, final String target, final String contentType, final String body) {
        return send(
                method
                        + ' '
                        + target
                        + " HTTP/1.1\r\nHost: x\r\n"
                        + (contentType.isEmpty() ? "" : "Content-Type: " + contentType + "\r\n")
                        + "Content-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    /** What came back since the last look. */
    String received() {
        channel.runPendingTasks();
        while (!isPasswordWorkerBusy && passwords.runNext()) {
            channel.runPendingTasks();
        }
        final StringBuilder text = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            text.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return text.toString();
    }

    /** What comes back while a moment passes: long answers are not printed at once. */
    String receivedInTime() {
        final StringBuilder all = new StringBuilder(received());
        for (int i = 0; i < 200; i++) {
            advanceMs(1);
            all.append(received());
        }
        return all.toString();
    }

    /** Lets time pass, on the connection's clock and on the loop's. */
    void advanceMs(final long ms) {
        monotonicNanos += TimeUnit.MILLISECONDS.toNanos(ms);
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    static String bodyOf(final String reply) {
        return reply.substring(reply.indexOf("\r\n\r\n") + 4);
    }

    static int statusOf(final String reply) {
        return Integer.parseInt(reply.substring(9, 12));
    }

    static String headerOf(final String reply, final String name) {
        for (final String line : reply.substring(0, reply.indexOf("\r\n\r\n")).split("\r\n")) {
            if (line.startsWith(name + ": ")) {
                return line.substring(name.length() + 2);
            }
        }
        return null;
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
