package io.larch.engine.snapshot;

/**
 * A snapshot holds a section that this build does not know, or a newer version of one: a newer
 * build has written it. Nothing of it was taken over; the member's data is whole, and a newer build
 * goes on from it.
 */
public final class UnknownSectionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownSectionException(final String snapshot, final String section, final int version) {
        super(
                "snapshot "
                        + snapshot
                        + " has a section that this build does not know: "
                        + section
                        + ", version "
                        + version
                        + ". Start this member with the newer build; its data is whole");
    }
}
