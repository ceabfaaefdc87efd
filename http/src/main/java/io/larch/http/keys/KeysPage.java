package io.larch.http.keys;

import io.larch.http.route.Page;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;

/** Where the keys are. As a page it answers only methods that are none of the keys' own. */
public final class KeysPage {
    private static final byte[] ALLOW = Headers.allow("HEAD,GET,PUT,POST,DELETE");

    public static final Page PAGE =
            Page.tree(KeysCodec.PREFIX, exchange -> exchange.methodNotAllowed(ALLOW))
                    .reading(KeysCodec::wantsBody);

    private KeysPage() {}

    /** Whether a request is one to read, write or watch keys, and none for a handler. */
    public static boolean isKeys(final Page page, final HttpMethod method) {
        return page == PAGE
                && switch (method) {
                    case GET, HEAD, PUT, POST, DELETE -> true;
                    default -> false;
                };
    }
}
