package io.larch.tools.faults;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;

/** A client that writes; the kinds of writes differ in what they ask. */
abstract class Writer extends Client {
    static final String TIMED_OUT = "etcdserver: request timed out";
    private static final String STOPPED = "etcdserver: server stopped";

    private final String name;
    private long lastNumber;

    Writer(final String name, final Journal journal, final Target target, final long paceMs) {
        super(journal, target, paceMs);
        this.name = name;
    }

    final String name() {
        return name;
    }

    final String nextValue() {
        return name + "-" + ++lastNumber;
    }

    final long lastNumber() {
        return lastNumber;
    }

    /**
     * Sends one write and notes what became of it.
     *
     * @param query what goes behind the key.
     * @param expected what a swap compares with, or null.
     * @return the reply, if one came.
     */
    final HttpReply write(
            final Write.Kind kind,
            final String key,
            final String query,
            final String value,
            final String expected)
            throws IOException {
        final long calledNs = System.nanoTime();
        final String method = kind == Write.Kind.IN_ORDER ? "POST" : "PUT";
        final HttpReply reply;
        try {
            reply = exchange(method, key + query, "value=" + value);
        } catch (final IOException e) {
            final Outcome outcome =
                    e instanceof NotConnectedException ? Outcome.REFUSED : Outcome.UNKNOWN;
            note(kind, key, value, expected, calledNs, outcome, 0, e.toString());
            throw e;
        }
        if (reply.status() == 200 || reply.status() == 201) {
            final Object node = JsonTree.at(JsonTree.parse(reply.text()), "node");
            final String given = (String) JsonTree.at(node, "key");
            final long index = reply.longHeader("X-Etcd-Index");
            if (!value.equals(JsonTree.at(node, "value"))
                    || !Long.valueOf(index).equals(JsonTree.at(node, "modifiedIndex"))) {
                journal.anomaly(kind + " " + key + "=" + value + " answered by " + reply);
            }
            note(kind, given, value, expected, calledNs, Outcome.ACKNOWLEDGED, index, null);
        } else if (expected != null && (reply.status() == 412 || reply.status() == 404)) {
            refusedSwap(key, value, expected, calledNs, reply);
        } else {
            note(kind, key, value, expected, calledNs, outcome(reply), 0, reply.toString());
        }
        return reply;
    }

    private Outcome outcome(final HttpReply reply) {
        final Object cause =
                reply.status() == 500 ? JsonTree.at(JsonTree.parse(reply.text()), "cause") : null;
        if (!(cause instanceof String text) || !text.startsWith("etcdserver: ")) {
            journal.anomaly("answered by " + reply);
            return Outcome.UNKNOWN;
        }
        return text.startsWith(TIMED_OUT) || text.equals(STOPPED)
                ? Outcome.UNKNOWN
                : Outcome.REFUSED;
    }

    /** What the key holds instead is in the cause: {@code [GIVEN != CURRENT]}. */
    private void refusedSwap(
            final String key,
            final String value,
            final String expected,
            final long calledNs,
            final HttpReply reply) {
        final Object document = JsonTree.parse(reply.text());
        final String cause = (String) JsonTree.at(document, "cause");
        final String current =
                reply.status() == 404
                        ? null
                        : cause.substring(cause.indexOf(" != ") + 4, cause.length() - 1);
        if (expected.equals(current)) {
            journal.anomaly("swap of " + key + " refused without reason: " + reply);
        }
        journal.add(
                new Read(
                        member(),
                        true,
                        key,
                        current,
                        calledNs,
                        System.nanoTime(),
                        (long) JsonTree.at(document, "index")));
    }

    private void note(
            final Write.Kind kind,
            final String key,
            final String value,
            final String expected,
            final long calledNs,
            final Outcome outcome,
            final long index,
            final String answer) {
        journal.add(
                new Write(
                        member(),
                        kind,
                        key,
                        value,
                        expected,
                        calledNs,
                        System.nanoTime(),
                        outcome,
                        index,
                        answer));
    }
}
