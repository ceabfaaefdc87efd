package io.larch.http.wire;

import io.larch.http.text.Ascii;

/** Methods the edge tells apart; names are case-sensitive. */
public enum HttpMethod {
    GET,
    HEAD,
    PUT,
    POST,
    DELETE,
    OPTIONS,
    CONNECT,
    /** Any other token. */
    OTHER;

    static HttpMethod of(final byte[] bytes, final int from, final int to) {
        final HttpMethod candidate =
                switch (bytes[from]) {
                    case 'G' -> GET;
                    case 'H' -> HEAD;
                    case 'P' -> to - from == 3 ? PUT : POST;
                    case 'D' -> DELETE;
                    case 'O' -> OPTIONS;
                    case 'C' -> CONNECT;
                    default -> OTHER;
                };
        return candidate != OTHER && Ascii.equal(bytes, from, to, candidate.name())
                ? candidate
                : OTHER;
    }
}
