package io.larch.engine.apply;

/**
 * The log holds a command that this build does not know: a newer one has put it there. Nothing of
 * it was applied; the data is whole, and a newer build goes on from it.
 */
public final class UnknownCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param knownLevel feature level of this build.
     * @param newestLevel highest that a member of the cluster has told.
     */
    UnknownCommandException(
            final long index,
            final int domain,
            final int type,
            final int knownLevel,
            final int newestLevel) {
        super(
                "entry "
                        + index
                        + " is a command that this build does not know (domain "
                        + domain
                        + ", type "
                        + type
                        + "): it has feature level "
                        + knownLevel
                        + ", a member of its cluster has "
                        + newestLevel
                        + ". Start this member with the newer build; its data is whole");
    }
}
