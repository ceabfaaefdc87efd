package io.larch.engine.raft;

/**
 * Something that the rules of Raft exclude has happened. The member must stop: one that goes on
 * after a broken invariant spreads the damage.
 */
public final class RaftInvariantError extends Error {
    private static final long serialVersionUID = 1L;

    public RaftInvariantError(final String message) {
        super(message);
    }
}
