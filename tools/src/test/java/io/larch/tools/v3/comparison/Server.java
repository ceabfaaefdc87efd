package io.larch.tools.v3.comparison;

import java.util.function.Supplier;

/** Whoever answers requests, one after the other. */
interface Server {
    /**
     * Sends a request.
     *
     * @return what waits for the answer; one without an answer has the status 0. The answer to
     *     anything but a watch is to be taken before the next request is sent.
     */
    Supplier<Answer> ask(Request request);
}
