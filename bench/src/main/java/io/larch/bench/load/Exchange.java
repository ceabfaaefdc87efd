package io.larch.bench.load;

import java.nio.ByteBuffer;

/**
 * What is said on one connection: requests, one at a time, and where their replies end. Used by the
 * load thread only.
 */
interface Exchange {
    /** What a new connection begins with; may be empty. */
    ByteBuffer opening();

    /** The request for a key, ready to be written. */
    ByteBuffer request(int key);

    /**
     * Looks at what has arrived, from 0 to the buffer's position, and takes away what is done with.
     *
     * @return whether the reply is complete.
     */
    boolean isComplete(ByteBuffer arrived);

    /** What the connection owes to its peer besides requests, ready to be written; may be empty. */
    ByteBuffer owed();

    /** Whether the last reply was an error. */
    boolean hasFailed();

    /** Whether the last reply is one of those whose rate is asked for. */
    default boolean isCounted() {
        return true;
    }
}
