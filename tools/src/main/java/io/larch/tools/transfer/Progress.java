package io.larch.tools.transfer;

/** Is told how far a transfer is, often. */
public interface Progress {
    /** Nobody looks. */
    Progress NONE =
            new Progress() {
                @Override
                public void copied(final long entries, final String path) {
                    // Nobody looks.
                }

                @Override
                public void compared(final long keys) {
                    // Nobody looks.
                }

                @Override
                public void imported(final long keys, final long all) {
                    // Nobody looks.
                }

                @Override
                public void followed(final long changes, final long index, final long head) {
                    // Nobody looks.
                }

                @Override
                public void told(final String line) {
                    // Nobody looks.
                }

                @Override
                public void end() {
                    // Nobody looks.
                }
            };

    /** A pass has come to an entry. */
    void copied(long entries, String path);

    /** So many v3 keys of both sides were looked at. */
    void compared(long keys);

    /** So many v3 keys of all that are to be written are there. */
    void imported(long keys, long all);

    /** A change was applied; the source itself is at an index further on. */
    void followed(long changes, long index, long head);

    /** Something unusual. */
    void told(String line);

    /** That was all. */
    void end();
}
