package io.larch.http.v3.http2;

import io.netty.handler.codec.http2.Http2Headers;

/** Says who takes a request. */
@FunctionalInterface
public interface StreamRouter {
    /**
     * A client has opened a stream.
     *
     * @param headers of the request.
     * @param stream where the answer goes; nothing is answered within the call.
     * @return takes the request.
     */
    StreamHandler open(Http2Headers headers, ServerStream stream);
}
