package io.larch.http.v3.http2;

import io.netty.handler.codec.http2.Http2Headers;

/** Says who takes a request. */
@FunctionalInterface
public interface StreamRouter {
    /**
     * A client has opened a stream.
     *
     * @param headers of the request.
     * @param isEnd whether nothing follows them; {@link StreamHandler#onEnd} is not called then.
     * @param stream where the answer goes; it may be answered within the call.
     * @return takes what follows.
     */
    StreamHandler open(Http2Headers headers, boolean isEnd, ServerStream stream);
}
