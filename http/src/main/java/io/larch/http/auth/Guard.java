package io.larch.http.auth;

import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthViews;
import io.larch.http.auth.VerifiedPairs.Pair;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether a request's sender may do what it asks, by the newest {@link AuthView} of this
 * member, which is never older than the request. A pair of name and password that was found right
 * before needs no further look; another one is handed to the {@link PasswordWorker} first.
 *
 * <p>One event loop's. Allocates nothing for a pair that is known.
 */
public final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private static final int MAX_FAILURES = 3;

    private final HeaderDigest digest = new HeaderDigest();
    private final Map<HeaderDigest.Value, Waiting> waiting = new HashMap<>();
    private final AuthViews views;
    private final VerifiedPairs pairs;
    private final PasswordWorker worker;
    private final int bcryptCost;
    private final Executor eventLoop;
    private final Attempts attempts;

    /** What is known of a request. */
    public enum Decision {
        ALLOWED,
        REFUSED,
        /** Nothing, before {@link #verify} has said whose it is. */
        UNVERIFIED
    }

    /**
     * @param member what the guards of all event loops share.
     * @param eventLoop runs tasks there; may refuse when it has ended.
     */
    public Guard(final Member member, final Executor eventLoop, final Attempts attempts) {
        this.views = member.views;
        this.pairs = member.pairs;
        this.worker = member.worker;
        this.bcryptCost = member.bcryptCost;
        this.eventLoop = eventLoop;
        this.attempts = attempts;
    }

    /** What the guards of all event loops of a member share. */
    public static final class Member {
        private final VerifiedPairs pairs = new VerifiedPairs();
        private final AuthViews views;
        private final PasswordWorker worker;
        private final int bcryptCost;

        /**
         * @param bcryptCost of new hashes, 4 to 31.
         */
        public Member(final AuthViews views, final PasswordWorker worker, final int bcryptCost) {
            this.views = views;
            this.worker = worker;
            this.bcryptCost = bcryptCost;
        }
    }

    /** Whether everybody may do everything. */
    public boolean isOpen() {
        return !views.newest().isEnabled();
    }

    /**
     * About a key.
     *
     * @param keyFrom where the key begins in the request's path; it is compared as it was sent.
     */
    public Decision key(final HttpRequest request, final int keyFrom, final boolean isRecursive) {
        final AuthView view = views.newest();
        if (!view.isEnabled()) {
            return Decision.ALLOWED;
        }
        if (!request.hasAuthorization()) {
            final AuthView.Role guest = view.guest();
            return decision(guest != null && allows(guest, request, keyFrom, false));
        }
        final Pair pair = pair(request, view);
        if (pair == null) {
            return Decision.UNVERIFIED;
        }
        for (final AuthView.Role role : pair.roles()) {
            if (allows(role, request, keyFrom, isRecursive)) {
                return Decision.ALLOWED;
            }
        }
        return Decision.REFUSED;
    }

    private static boolean allows(
            final AuthView.Role role,
            final HttpRequest request,
            final int keyFrom,
            final boolean isRecursive) {
        final boolean isRead =
                request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
        return role.allows(request.head(), keyFrom, request.pathTo(), !isRead, isRecursive);
    }

    /** About what only the role root may do. */
    public Decision root(final HttpRequest request) {
        final AuthView view = views.newest();
        if (!view.isEnabled()) {
            return Decision.ALLOWED;
        }
        if (!request.hasAuthorization()) {
            return Decision.REFUSED;
        }
        final Pair pair = pair(request, view);
        if (pair == null) {
            return Decision.UNVERIFIED;
        }
        for (final AuthView.Role role : pair.roles()) {
            if (role.isRoot()) {
                return Decision.ALLOWED;
            }
        }
        return Decision.REFUSED;
    }

    private static Decision decision(final boolean isAllowed) {
        return isAllowed ? Decision.ALLOWED : Decision.REFUSED;
    }

    private Pair pair(final HttpRequest request, final AuthView view) {
        digest.of(request.head(), request.authorizationFrom(), request.authorizationTo());
        final Pair pair = pairs.find(digest, view);
        if (pair != null) {
            attempts.known();
        }
        return pair;
    }

    /**
     * Finds out whether name and password of a request fit, which takes a while. Requests with the
     * same pair wait for one comparison.
     *
     * @param client by which turns are given.
     * @param onKnown told on the event loop.
     */
    public Inquiry verify(
            final HttpRequest request, final Object client, final Consumer<Answer> onKnown) {
        final Inquiry inquiry = new Inquiry(client, views.newest().version(), attempts, onKnown);
        final BasicCredentials credentials =
                BasicCredentials.parse(
                        request.head(), request.authorizationFrom(), request.authorizationTo());
        if (credentials == null) {
            eventLoop.execute(() -> inquiry.answer(Answer.REFUSED));
            return inquiry;
        }
        digest.of(request.head(), request.authorizationFrom(), request.authorizationTo());
        final HeaderDigest.Value pair = digest.value();
        final Waiting others = waiting.get(pair);
        if (others != null) {
            others.add(inquiry);
        } else {
            compare(new Waiting(pair, credentials, inquiry));
        }
        return inquiry;
    }

    private void compare(final Waiting those) {
        final PairCheck check =
                new PairCheck(
                        those.credentials,
                        those.pair,
                        views,
                        pairs,
                        outcome -> later(() -> found(those, outcome)));
        those.check = check;
        waiting.put(those.pair, those);
        if (!worker.offer(those.inquiries.get(0).client, check)) {
            waiting.remove(those.pair);
            final List<Inquiry> all = those.inquiries;
            eventLoop.execute(() -> answer(all, Answer.TOO_MANY));
        }
    }

    private void later(final Runnable work) {
        try {
            eventLoop.execute(work);
        } catch (final RejectedExecutionException e) {
            // The event loop has ended, and its connections with it.
            LOG.debug("nobody waits for a password any more");
        }
    }

    private void found(final Waiting those, final PairCheck.Outcome outcome) {
        waiting.remove(those.pair);
        those.inquiries.removeIf(inquiry -> inquiry.isCancelled);
        if (those.inquiries.isEmpty()) {
            return;
        }
        if (outcome == PairCheck.Outcome.RIGHT) {
            answer(those.inquiries, Answer.ASK_AGAIN);
            return;
        }
        if (outcome == PairCheck.Outcome.WRONG) {
            those.refuse();
        } else if (++those.failures > MAX_FAILURES) {
            answer(those.inquiries, Answer.TOO_MANY);
            return;
        }
        if (!those.inquiries.isEmpty()) {
            compare(those);
        }
    }

    private static void answer(final List<Inquiry> inquiries, final Answer answer) {
        for (final Inquiry inquiry : List.copyOf(inquiries)) {
            inquiry.answer(answer);
        }
    }

    /**
     * Hashes a password.
     *
     * @param client by which turns are given.
     * @param onHash told on the event loop; null: too many wait, or it went wrong.
     */
    public void hash(final byte[] password, final Object client, final Consumer<String> onHash) {
        final boolean isTaken =
                worker.offer(
                        client,
                        () -> {
                            String hash = null;
                            try {
                                hash = Passwords.hash(password, bcryptCost);
                            } finally {
                                final String made = hash;
                                later(() -> onHash.accept(made));
                            }
                            return true;
                        });
        if (!isTaken) {
            eventLoop.execute(() -> onHash.accept(null));
        }
    }

    /** What an inquiry leads to. */
    public enum Answer {
        /** Name and password fit: now it is known what the sender may do. */
        ASK_AGAIN,
        REFUSED,
        /** So many others wait. */
        TOO_MANY
    }

    /** A request that waits for a comparison. */
    public static final class Inquiry {
        private final Object client;
        private final long version;
        private final Attempts attempts;
        private final Consumer<Answer> onKnown;
        private Waiting waiting;
        private boolean isCancelled;

        /**
         * @param version of the view when it came.
         */
        private Inquiry(
                final Object client,
                final long version,
                final Attempts attempts,
                final Consumer<Answer> onKnown) {
            this.client = client;
            this.version = version;
            this.attempts = attempts;
            this.onKnown = onKnown;
        }

        /** Nobody wants to know any more. */
        public void cancel() {
            isCancelled = true;
            if (waiting != null) {
                waiting.cancelled();
            }
        }

        private void answer(final Answer answer) {
            if (!isCancelled) {
                attempts.ended(client, answer);
                onKnown.accept(answer);
            }
        }
    }

    /** Requests with the same pair. */
    private static final class Waiting {
        private final List<Inquiry> inquiries = new ArrayList<>();
        private final HeaderDigest.Value pair;
        private final BasicCredentials credentials;
        private PairCheck check;
        private int failures;

        Waiting(
                final HeaderDigest.Value pair,
                final BasicCredentials credentials,
                final Inquiry first) {
            this.pair = pair;
            this.credentials = credentials;
            add(first);
        }

        void add(final Inquiry inquiry) {
            inquiry.waiting = this;
            inquiries.add(inquiry);
            if (check != null) {
                check.isOfUse(true);
            }
        }

        /** Those who came when a newer view was there may know a newer password. */
        void refuse() {
            final long seen = check.seenVersion();
            final List<Inquiry> refused =
                    inquiries.stream().filter(i -> i.version <= seen).toList();
            inquiries.removeAll(refused);
            Guard.answer(refused, Answer.REFUSED);
        }

        void cancelled() {
            check.isOfUse(inquiries.stream().anyMatch(inquiry -> !inquiry.isCancelled));
        }
    }
}
