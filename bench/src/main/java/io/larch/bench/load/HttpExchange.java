package io.larch.bench.load;

import java.nio.ByteBuffer;

/** The v2 API by HTTP/1.1. */
final class HttpExchange implements Exchange {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int FIRST_ERROR = 300;

    private final ReplyParser parser = new ReplyParser();
    private final RequestTemplate template;
    private final ByteBuffer request;

    HttpExchange(final RequestTemplate template) {
        this.template = template;
        request = template.newBuffer();
    }

    @Override
    public ByteBuffer opening() {
        return NOTHING;
    }

    @Override
    public ByteBuffer request(final int key) {
        template.prepare(request, key);
        return request;
    }

    @Override
    public boolean isComplete(final ByteBuffer arrived) {
        if (!parser.isComplete(arrived)) {
            return false;
        }
        arrived.clear();
        return true;
    }

    @Override
    public ByteBuffer owed() {
        return NOTHING;
    }

    @Override
    public boolean hasFailed() {
        return parser.status() >= FIRST_ERROR;
    }
}
