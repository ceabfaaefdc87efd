package io.larch.http.auth;

import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthViews;
import io.larch.http.auth.VerifiedPairs.Pair;
import java.util.function.Consumer;

/**
 * The comparison of one pair of name and password with what the newest view says, on a thread of
 * the worker. What is right is put among the verified pairs; a user that is not there takes as long
 * as one that is.
 */
final class PairCheck implements PasswordWorker.Work {
    /** When a password is changed while it is compared it is compared again, but not for ever. */
    private static final int MAX_TRIES = 3;

    private final BasicCredentials credentials;
    private final HeaderDigest.Value digest;
    private final AuthViews views;
    private final VerifiedPairs pairs;
    private final Consumer<Outcome> onDone;
    private volatile boolean isOfUse = true;
    private long seenVersion;

    /** What was found. */
    enum Outcome {
        RIGHT,
        WRONG,
        /** Nothing: nobody wanted to know, or it went wrong. */
        UNKNOWN
    }

    /**
     * @param onDone told on the worker's thread.
     */
    PairCheck(
            final BasicCredentials credentials,
            final HeaderDigest.Value digest,
            final AuthViews views,
            final VerifiedPairs pairs,
            final Consumer<Outcome> onDone) {
        this.credentials = credentials;
        this.digest = digest;
        this.views = views;
        this.pairs = pairs;
        this.onDone = onDone;
    }

    /** Whether somebody wants to know; written on one thread. */
    void isOfUse(final boolean isOfUseNow) {
        isOfUse = isOfUseNow;
    }

    /** Of the view that the answer rests on; for whoever was told the answer. */
    long seenVersion() {
        return seenVersion;
    }

    @Override
    public boolean run() {
        Outcome outcome = Outcome.UNKNOWN;
        try {
            if (isOfUse) {
                outcome = compare() ? Outcome.RIGHT : Outcome.WRONG;
            }
        } finally {
            onDone.accept(outcome);
        }
        return outcome != Outcome.WRONG;
    }

    private boolean compare() {
        for (int i = 0; i < MAX_TRIES; i++) {
            final AuthView view = views.newest();
            seenVersion = view.version();
            // Another one may have found it out meanwhile.
            if (!view.isEnabled() || pairs.has(digest, view)) {
                return true;
            }
            final AuthView.User user = view.user(credentials.name());
            final boolean isRight = fits(user, view);
            if (isSame(user, views.newest().user(credentials.name()))) {
                if (isRight) {
                    pairs.add(Pair.of(digest, user, view));
                }
                return isRight;
            }
        }
        return false;
    }

    private static boolean isSame(final AuthView.User before, final AuthView.User after) {
        if (before == null || after == null) {
            return before == after;
        }
        return before.passwordHash().equals(after.passwordHash());
    }

    /** Of a user that is not there somebody else's hash is taken, so that it takes as long. */
    private boolean fits(final AuthView.User user, final AuthView view) {
        if (user != null) {
            return Passwords.matches(credentials.password(), user.passwordHash());
        }
        if (view.userCount() > 0) {
            final int other = Math.floorMod(credentials.name().hashCode(), view.userCount());
            Passwords.matches(credentials.password(), view.user(other).passwordHash());
        }
        return false;
    }
}
