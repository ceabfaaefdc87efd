package io.larch.tools.v3.comparison;

import io.larch.tools.conformance.JsonTree;
import java.io.IOException;

/**
 * What a server said to one request.
 *
 * @param status the HTTP status; 0 when there was no answer.
 * @param tree the body as maps, lists and texts.
 */
record Answer(int status, Object tree) {
    /** That none came, and why. */
    static Answer silence(final IOException failure) {
        return new Answer(0, failure.toString());
    }

    /** The value below these names; null when one is missing. */
    Object at(final String... names) {
        return JsonTree.at(tree, names);
    }

    /** The text of an error; empty without one. */
    String error() {
        return at("error") instanceof String text ? text : "";
    }

    /** A decimal below these names; 0 when it is missing, as the gateway leaves zeros out. */
    long number(final String... names) {
        return at(names) instanceof String text ? Long.parseLong(text) : 0;
    }
}
