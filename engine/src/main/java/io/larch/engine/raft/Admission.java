package io.larch.engine.raft;

import org.agrona.DirectBuffer;

/**
 * The last word on what a leader appends: whether the state machine of every member can take a
 * command, which the core knows nothing of. All commands pass it, a client's of this member as well
 * as one that was forwarded or is proposed again. Called on the engine thread, within the core's
 * calls; must not call the core back. Buffers are valid during the call only.
 */
public interface Admission {
    /** Lets everything in. */
    Admission ALL =
            new Admission() {
                @Override
                public void elected(final LogStorage log, final long appliedIndex) {
                    // Nothing is counted.
                }

                @Override
                public int check(final DirectBuffer command, final int offset, final int length) {
                    return 0;
                }

                @Override
                public int check(final ConfChange change) {
                    return 0;
                }

                @Override
                public void appended(
                        final long index,
                        final byte kind,
                        final DirectBuffer body,
                        final int offset,
                        final int length) {
                    // Nothing is counted.
                }
            };

    /**
     * This member leads from now on; nothing has been appended in its term yet.
     *
     * @param log holds all that this leader's commands will stand behind.
     * @param appliedIndex up to here the state machine has seen the log.
     */
    void elected(LogStorage log, long appliedIndex);

    /**
     * Whether a command may be appended now.
     *
     * @return 0, or a positive number that says why not; who proposed it is told the number.
     */
    int check(DirectBuffer command, int offset, int length);

    /**
     * Whether a change of the membership may be appended now.
     *
     * @return as the other.
     */
    int check(ConfChange change);

    /** This leader has appended an entry; if it is a command, the one that was checked last. */
    void appended(long index, byte kind, DirectBuffer body, int offset, int length);
}
