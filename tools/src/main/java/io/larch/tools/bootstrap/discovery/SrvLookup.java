package io.larch.tools.bootstrap.discovery;

import java.util.List;

/** Where SRV records come from. */
@FunctionalInterface
public interface SrvLookup {
    /**
     * The records of a name, best priority first. Blocks.
     *
     * @throws NoRecordsException when there are none, or nobody answers.
     */
    List<Target> lookup(String name) throws NoRecordsException;

    /**
     * Where a service runs.
     *
     * @param host without the dot at its end.
     */
    record Target(String host, int port) {}

    /** Nothing was found; the message says why. */
    final class NoRecordsException extends Exception {
        private static final long serialVersionUID = 1L;

        public NoRecordsException(final String message) {
            super(message);
        }
    }
}
