package io.larch.engine.raft;

import org.agrona.DirectBuffer;

/**
 * What a leader writes into each command as it takes its place in the log, such as the time, which
 * the core knows nothing of. Called on the engine thread, within the core's calls; must not call
 * the core back.
 */
public interface LeaderStamp {
    /** Leaves commands as they are. */
    LeaderStamp NONE =
            new LeaderStamp() {
                @Override
                public void elected(
                        final long term, final LogStorage log, final long appliedIndex) {
                    // Nothing is stamped.
                }

                @Override
                public void stamp(final DirectBuffer body, final int offset, final int length) {
                    // Nothing is stamped.
                }
            };

    /**
     * This member leads from now on; nothing has been appended in its term yet.
     *
     * @param log holds all that this leader's commands will stand behind.
     * @param appliedIndex up to here the state machine has seen the log.
     */
    void elected(long term, LogStorage log, long appliedIndex);

    /**
     * A command is about to be appended, a client's of this member or one that was forwarded, in
     * the order of the log. Its bytes may be changed in place, its length may not.
     */
    void stamp(DirectBuffer body, int offset, int length);
}
