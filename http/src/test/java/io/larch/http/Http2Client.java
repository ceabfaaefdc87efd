package io.larch.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A client that speaks HTTP/2 with an edge, by Netty's client codec; without a socket. */
final class Http2Client implements AutoCloseable {
    final Client server;
    private final Http2ChannelDuplexHandler frames;
    private final EmbeddedChannel channel;
    private final Map<Http2FrameStream, Answer> answers = new HashMap<>();

    /** Of the connection's window, what was not given back while nothing was read. */
    private int heldBytes;

    /** Of a GOAWAY; null without one. */
    Long goAwayError;

    String goAwayText = "";

    /** Of the server's, all of them answered. */
    int pings;

    /** What the server says that it takes, as it said it last. */
    Http2Settings serverSettings = new Http2Settings();

    /** Whether it makes room for what it has got. */
    boolean isReading = true;

    /** What came back on one stream. */
    static final class Answer {
        final Http2FrameStream stream;
        Http2Headers headers;
        Http2Headers trailers;
        final StringBuilder body = new StringBuilder();

        /** That the body came in. */
        int dataFrames;

        boolean isComplete;

        /** Of a reset; null without one. */
        Long error;

        private Answer(final Http2FrameStream stream) {
            this.stream = stream;
        }

        String status() {
            return headers.status().toString();
        }

        String header(final String name) {
            final CharSequence value = headers.get(name);
            return value == null ? null : value.toString();
        }

        String trailer(final String name) {
            final Http2Headers last = trailers == null ? headers : trailers;
            final CharSequence value = last.get(name);
            return value == null ? null : value.toString();
        }
    }

    Http2Client() {
        this(new Client(), new Http2Settings());
    }

    /**
     * @param server of which this becomes the client.
     * @param settings that it tells the server.
     */
    Http2Client(final Client server, final Http2Settings settings) {
        this.server = server.listening();
        frames =
                new Http2ChannelDuplexHandler() {
                    @Override
                    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                        onFrame(message);
                    }
                };
        channel =
                new EmbeddedChannel(
                        Http2FrameCodecBuilder.forClient().initialSettings(settings).build(),
                        frames);
        exchange();
    }

    private void onFrame(final Object message) {
        if (message instanceof Http2HeadersFrame frame) {
            final Answer answer = answers.get(frame.stream());
            if (answer.headers == null) {
                answer.headers = frame.headers();
            } else {
                answer.trailers = frame.headers();
            }
            answer.isComplete |= frame.isEndStream();
        } else if (message instanceof Http2DataFrame frame) {
            final Answer answer = answers.get(frame.stream());
            answer.dataFrames++;
            answer.body.append(frame.content().toString(StandardCharsets.ISO_8859_1));
            answer.isComplete |= frame.isEndStream();
            if (isReading) {
                channel.write(
                        new DefaultHttp2WindowUpdateFrame(frame.initialFlowControlledBytes())
                                .stream(frame.stream()));
            } else {
                heldBytes += frame.initialFlowControlledBytes();
            }
        } else if (message instanceof Http2ResetFrame frame) {
            answers.get(frame.stream()).error = frame.errorCode();
        } else if (message instanceof Http2PingFrame frame && !frame.ack()) {
            pings++;
        } else if (message instanceof Http2SettingsFrame frame) {
            serverSettings = frame.settings();
        } else if (message instanceof Http2GoAwayFrame frame) {
            goAwayError = frame.errorCode();
            goAwayText = frame.content().toString(StandardCharsets.US_ASCII);
        }
        ReferenceCountUtil.release(message);
    }

    /** Lets both sides talk until neither has anything to say. */
    void exchange() {
        boolean isTalking = true;
        while (isTalking) {
            channel.flush();
            channel.runPendingTasks();
            server.channel.runPendingTasks();
            isTalking = false;
            for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
                isTalking = true;
                if (server.isOpen()) {
                    server.channel.writeInbound(out);
                } else {
                    out.release();
                }
            }
            server.channel.runPendingTasks();
            for (ByteBuf out = server.channel.readOutbound();
                    out != null;
                    out = server.channel.readOutbound()) {
                isTalking = true;
                channel.writeInbound(out);
            }
        }
    }

    /** The same while a moment passes: long answers are not printed at once. */
    void exchangeInTime() {
        for (int i = 0; i < 200; i++) {
            server.advanceMs(1);
            exchange();
        }
    }

    /** Lets the server send so much on each stream. */
    void window(final int bytes) {
        settings(new Http2Settings().initialWindowSize(bytes));
    }

    /** Tells the server other settings. */
    void settings(final Http2Settings settings) {
        channel.write(new DefaultHttp2SettingsFrame(settings));
        exchange();
    }

    /** Makes room for what it has got while it did not read; all of it was one stream's. */
    void takeAll(final Answer of) {
        if (heldBytes > 0) {
            channel.write(new DefaultHttp2WindowUpdateFrame(heldBytes).stream(of.stream));
            heldBytes = 0;
        }
        exchange();
    }

    static Http2Headers request(final String method, final String path) {
        return new DefaultHttp2Headers()
                .method(method)
                .path(path)
                .scheme("http")
                .authority("127.0.0.1:2379");
    }

    Answer get(final String path) {
        final Answer answer = open(request("GET", path), true);
        exchange();
        return answer;
    }

    /** Opens a stream; nothing goes out before {@link #exchange}. */
    Answer open(final Http2Headers headers, final boolean isEnd) {
        final Http2FrameStream stream = frames.newStream();
        final Answer answer = new Answer(stream);
        answers.put(stream, answer);
        channel.write(new DefaultHttp2HeadersFrame(headers, isEnd).stream(stream));
        return answer;
    }

    void send(final Answer to, final byte[] data, final boolean isEnd) {
        channel.write(
                new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(data), isEnd).stream(to.stream));
    }

    void reset(final Answer answer) {
        channel.write(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(answer.stream));
        exchange();
    }

    void ping() {
        channel.write(new DefaultHttp2PingFrame(1));
        exchange();
    }

    Answer form(final String method, final String path, final String body) {
        final Answer answer =
                open(
                        request(method, path)
                                .add("content-type", "application/x-www-form-urlencoded"),
                        false);
        send(answer, body.getBytes(StandardCharsets.UTF_8), true);
        exchange();
        return answer;
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        server.close();
    }
}
