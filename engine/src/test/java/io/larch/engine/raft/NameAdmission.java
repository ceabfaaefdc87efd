package io.larch.engine.raft;

import org.agrona.DirectBuffer;

/** Lets in all commands but those of one name. */
record NameAdmission(String refused) implements Admission {
    /** Why one of that name is refused. */
    static final int REASON = 7;

    @Override
    public void elected(final LogStorage log, final long appliedIndex) {
        // Names need no count.
    }

    @Override
    public int check(final DirectBuffer command, final int offset, final int length) {
        final String name = command.getStringWithoutLengthAscii(offset, length);
        return length > 0 && name.equals(refused) ? REASON : 0;
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
        // Names need no count.
    }
}
