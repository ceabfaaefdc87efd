package io.larch.http;

import io.larch.http.DeadlineList.Deadline;

/**
 * What a connection waits for, and how long: for one thing at a time, so each takes the place of
 * what was waited for before. {@link ClientConnection#onDeadline} is called when the time is over.
 *
 * <p>On the event loop's thread.
 */
final class Timeout {
    private final Deadlines deadlines;
    private final Deadline deadline;

    Timeout(final ClientConnection connection, final Deadlines deadlines) {
        this.deadlines = deadlines;
        this.deadline = new Deadline(connection);
    }

    /** The engine has to answer. */
    void awaitReply() {
        deadlines.forReply(deadline);
    }

    /** The engine has to answer in less than a second. */
    void awaitProbe() {
        deadlines.forProbe(deadline);
    }

    /** The engine has to give its whole state. */
    void awaitState() {
        deadlines.forState(deadline);
    }

    /** A piece of a file has to be read. */
    void awaitDisk() {
        deadlines.forSender(deadline);
    }

    /** An unfinished request must go on within the time given; a head as a whole. */
    void awaitRest(final RequestReader input, final boolean hasProgress) {
        if (!input.isMidRequest()) {
            clear();
        } else if (!deadline.isSet() || hasProgress && !input.isInHead()) {
            deadlines.forSender(deadline);
        }
    }

    /** The client has to send more of its request. */
    void awaitSender() {
        deadlines.forSender(deadline);
    }

    /** The client has to take its last reply. */
    void awaitReader() {
        deadlines.forSender(deadline);
    }

    /** The client has to notice that nothing is read any more. */
    void awaitEnd() {
        deadlines.forLingering(deadline);
    }

    /** Nothing is waited for. */
    void clear() {
        deadline.clear();
    }
}
