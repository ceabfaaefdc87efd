package io.larch.tools.client;

import java.net.http.HttpHeaders;

/**
 * What a server answered.
 *
 * @param body in UTF-8; empty when there was none.
 */
public record HttpReply(int status, HttpHeaders headers, String body) {
    /** A header's first value; empty when it is not there. */
    public String header(final String name) {
        return headers.firstValue(name).orElse("");
    }

    /** Whether what was asked for was done. */
    public boolean isSuccess() {
        return status / 100 == 2;
    }
}
