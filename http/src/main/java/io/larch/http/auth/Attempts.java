package io.larch.http.auth;

import io.larch.http.listen.LineBudget;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.metrics.EdgeCounters.Attempt;
import java.net.InetAddress;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what became of requests whose name and password had to be compared, and says from where
 * those came that failed; of what they sent nothing, since a name may be a password in the wrong
 * field.
 *
 * <p>One event loop's.
 */
public final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    private final EdgeCounters counters;
    private final LineBudget lines;

    /**
     * @param counters the event loop's.
     * @param monotonicNanos a clock that never goes back.
     */
    public Attempts(final EdgeCounters counters, final LongSupplier monotonicNanos) {
        this.counters = counters;
        this.lines = new LineBudget(monotonicNanos);
    }

    /** They were compared before. */
    void known() {
        counters.pairKnown();
    }

    void ended(final Object client, final Guard.Answer answer) {
        counters.attemptEnded(
                switch (answer) {
                    case ASK_AGAIN -> Attempt.OK;
                    case REFUSED -> Attempt.FAILED;
                    case TOO_MANY -> Attempt.REFUSED;
                });
        if (answer != Guard.Answer.ASK_AGAIN && lines.take()) {
            LOG.warn(
                    "refused a request of {}: {}{}",
                    client instanceof InetAddress address ? address.getHostAddress() : client,
                    answer == Guard.Answer.REFUSED
                            ? "no such user, or a wrong password"
                            : "too many passwords wait to be compared",
                    lines.leftOut());
        }
    }
}
