package io.larch.engine.snapshot;

/**
 * A snapshot holds a section that this build does not know, or a newer version of one: a newer
 * build has written it. Nothing of it was taken over; the member's data is whole, and a newer build
 * goes on from it.
 */
public final class UnknownSectionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param knownLevel feature level of this build.
     * @param newestLevel highest that a member of the cluster had told by then.
     */
    UnknownSectionException(
            final String snapshot,
            final String section,
            final int version,
            final int knownLevel,
            final int newestLevel) {
        super(
                "snapshot "
                        + snapshot
                        + " has a section that this build does not know ("
                        + section
                        + ", version "
                        + version
                        + "): it has feature level "
                        + knownLevel
                        + ", a member of its cluster has "
                        + newestLevel
                        + ". Start this member with the newer build; its data is whole");
    }
}
