package io.larch.http;

import io.larch.http.route.Page;
import io.larch.http.route.PageTable;
import io.larch.http.wire.HttpDecoder;
import io.larch.http.wire.HttpRequest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * What a client sends: finds one request after the other in it, and for each the page that it is
 * for, which says whether its body is wanted.
 *
 * <p>On the event loop's thread.
 */
final class RequestReader {
    private final EdgeLoop loop;
    private final PageTable pages;
    private final HttpDecoder decoder;
    private final HttpRequest request;
    private final ReadAhead input;
    private Page page;
    private boolean isContinueAwaited;
    private boolean isEnded;
    private long readNanos;

    RequestReader(final EdgeLoop loop, final PageTable pages, final Channel channel) {
        this.loop = loop;
        this.pages = pages;
        this.decoder =
                new HttpDecoder(
                        loop.context().maxHeadBytes(),
                        loop.context().maxFormBytes(),
                        loop.inputBudget());
        this.request = decoder.request();
        this.input = new ReadAhead(channel);
    }

    /** Takes over what has come. */
    void add(final ByteBuf bytes) {
        readNanos = loop.epochNanos();
        input.add(bytes);
    }

    /** When the newest bytes came, on the clock of the commands' time stamps. */
    long readNanos() {
        return readNanos;
    }

    /** Looks for the next thing in what is there, which must not be empty. */
    HttpDecoder.Outcome next() {
        isContinueAwaited = false;
        final HttpDecoder.Outcome found = decoder.decode(input.bytes());
        if (found == HttpDecoder.Outcome.HEAD) {
            onHead();
        }
        return found;
    }

    private void onHead() {
        page = pages.find(request);
        final boolean isWaiting = request.expectsContinue() && !input.bytes().isReadable();
        if (!request.hasBody()) {
            decoder.discardBody();
        } else if (page.wantsBody(request)) {
            isContinueAwaited = isWaiting;
            decoder.keepBody();
        } else if (isWaiting) {
            // As it was not asked for, the body may or may not come.
            decoder.leaveBody();
        } else {
            decoder.discardBody();
        }
    }

    /** After a head: whether the client waits for a word before it sends a body that is wanted. */
    boolean isContinueAwaited() {
        return isContinueAwaited;
    }

    HttpRequest request() {
        return request;
    }

    /** Of the request. */
    Page page() {
        return page;
    }

    /** Of what is no request yet: whether it is rather the beginning of a handshake of TLS. */
    boolean looksLikeTls() {
        return input.looksLikeTls();
    }

    /** Status and reason when what the client sends is no request. */
    String error() {
        return decoder.error();
    }

    /**
     * The request is answered; the next may follow.
     *
     * @return whether part of its body was not taken.
     */
    boolean endRequest() {
        final boolean isInputUnread = decoder.isInputUnread();
        decoder.reset();
        return isInputUnread;
    }

    boolean isMidRequest() {
        return decoder.isMidRequest();
    }

    boolean isInHead() {
        return decoder.isInHead();
    }

    // --- what is there ---

    boolean isEmpty() {
        return input.isEmpty();
    }

    void releaseIfRead() {
        input.releaseIfRead();
    }

    /** The client sends no more. */
    void end() {
        isEnded = true;
    }

    boolean isEnded() {
        return isEnded;
    }

    /** Whether nothing more will be heard of the client before the request is answered. */
    boolean isEndedOrFull() {
        return isEnded || input.isFull();
    }

    /** Reads from the client or does not, by how much is there. */
    void limit() {
        input.limit();
    }

    /**
     * What is there and what comes is of no interest any more. The memory is others' at once: a
     * ring closes a connection later than it is told to.
     */
    void drain() {
        release();
        input.readFromClient(true);
    }

    void release() {
        input.release();
        decoder.release();
    }
}
