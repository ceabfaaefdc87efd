package io.larch.tools.client;

import java.net.http.HttpResponse.BodySubscriber;

/** Takes a reply's body, and tells since when nothing came. */
interface TimedBody extends BodySubscriber<String> {
    /** How long neither the head nor a piece has come, from the beginning on. */
    long silenceNanos();
}
