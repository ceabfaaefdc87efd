package io.larch.tools.v3.comparison;

import java.util.concurrent.CompletableFuture;

/** Whoever answers requests, one after the other. */
interface Server {
    /** What it says; a request that it does not answer has the status 0. */
    CompletableFuture<Answer> answer(Request request);
}
