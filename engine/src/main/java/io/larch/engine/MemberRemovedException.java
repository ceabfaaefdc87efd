package io.larch.engine;

/**
 * The member was removed from its cluster: it stops, and its directory is of no more use. The
 * message is for the operator.
 */
public final class MemberRemovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MemberRemovedException() {
        super(
                "the member has been permanently removed from the cluster; "
                        + "the data-dir used by this member must be removed");
    }
}
