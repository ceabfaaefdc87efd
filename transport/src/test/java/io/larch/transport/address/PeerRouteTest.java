package io.larch.transport.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No time passes but what the tests let pass; look-ups may take as long as they like. */
@Timeout(30)
class PeerRouteTest {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final FakeNames names = new FakeNames();
    private final PeerRoute route = new PeerRoute(names, RETRY_NANOS);
    private long nowNanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);

    @AfterEach
    void stop() {
        names.close();
    }

    private void urls(final String... urls) {
        route.urls(
                Stream.of(urls).map(url -> PeerUrl.parse("test", "http://" + url)).toList(),
                nowNanos);
    }

    /** Waits for look-ups, not for the clock. */
    private String attempt() {
        while (!route.advance(nowNanos)) {
            assertFalse(Thread.interrupted(), "no attempt");
        }
        return route.address().toString();
    }

    private String nextAttempt() {
        nowNanos += RETRY_NANOS;
        return attempt();
    }

    private void connectAndSettle() {
        route.connected();
        route.settled();
    }

    private void lose() {
        route.lost(nowNanos);
        nowNanos += PeerRoute.GRACE_NANOS;
    }

    @Test
    void shouldTryAllAddressesOfANameInTurn() {
        names.set("peer", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        urls("peer:1");

        assertEquals("10.0.0.1:1", attempt());
        assertEquals("10.0.0.2:1", nextAttempt());
        assertEquals("10.0.0.3:1", nextAttempt());
        assertEquals("10.0.0.1:1", nextAttempt());
    }

    /** As servers of names do to spread the load. */
    @Test
    void shouldTryAllAddressesThoughTheirOrderChanges() {
        names.set("peer", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        urls("peer:1");
        assertEquals("10.0.0.1:1", attempt());
        names.set("peer", "10.0.0.2", "10.0.0.1", "10.0.0.3");
        assertEquals("10.0.0.2:1", nextAttempt());
        names.set("peer", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        assertEquals("10.0.0.3:1", nextAttempt());
    }

    @Test
    void shouldTryAllAddressesOfAllUrls() {
        names.set("one", "10.0.0.1", "10.0.0.2");
        names.set("two", "10.0.0.2", "10.0.0.3");
        urls("one:1", "10.0.0.9:2", "two:1");

        final List<String> tried =
                List.of(attempt(), nextAttempt(), nextAttempt(), nextAttempt(), nextAttempt());
        assertEquals(
                List.of("10.0.0.1:1", "10.0.0.2:1", "10.0.0.9:2", "10.0.0.3:1", "10.0.0.1:1"),
                tried);
    }

    /** What lies between may have led the last attempt astray, and leads the next one elsewhere. */
    @Test
    void shouldTryTheOnlyAddressAgainAndAgain() {
        urls("10.0.0.1:1");
        for (int i = 0; i < 3; i++) {
            assertEquals("10.0.0.1:1", nextAttempt());
            assertFalse(route.advance(nowNanos));
            assertFalse(route.advance(nowNanos + RETRY_NANOS - 1));
        }
    }

    @Test
    void shouldRestWhileThePeerAnswers() {
        urls("10.0.0.1:1", "10.0.0.2:1");
        attempt();
        connectAndSettle();
        assertFalse(route.advance(nowNanos + 100 * RETRY_NANOS));
    }

    @Test
    void shouldBeginWithTheAddressThatWasGoodWhenThePeerIsLost() {
        urls("10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1");
        attempt();
        assertEquals("10.0.0.2:1", nextAttempt());
        connectAndSettle();
        nowNanos += 100 * RETRY_NANOS;
        lose();

        assertEquals("10.0.0.2:1", attempt());
        assertEquals("10.0.0.1:1", nextAttempt());
        assertEquals("10.0.0.3:1", nextAttempt());
    }

    @Test
    void shouldGiveALostPeerAChanceToComeBackByItself() {
        urls("10.0.0.1:1");
        attempt();
        connectAndSettle();
        nowNanos += RETRY_NANOS;
        route.lost(nowNanos);

        assertFalse(route.advance(nowNanos + PeerRoute.GRACE_NANOS - 1));
        route.connected();
        assertFalse(route.advance(nowNanos + PeerRoute.GRACE_NANOS));
    }

    /** Another member was there and refused, for example. */
    @Test
    void shouldGoOnInTheRoundWhenAConnectionDoesNotLast() {
        urls("10.0.0.1:1", "10.0.0.2:1");
        attempt();
        route.connected();
        route.lost(nowNanos);

        assertEquals("10.0.0.2:1", nextAttempt());
        route.connected();
        route.lost(nowNanos);
        assertEquals("10.0.0.1:1", nextAttempt());
    }

    @Test
    void shouldLookNamesUpAnewForEachAttempt() {
        names.set("peer", "10.0.0.1");
        urls("peer:1");
        assertEquals("10.0.0.1:1", attempt());
        connectAndSettle();
        names.set("peer", "10.0.0.2");
        lose();

        assertEquals("10.0.0.2:1", attempt());
        names.set("peer", "10.0.0.3");
        assertEquals("10.0.0.3:1", nextAttempt());
    }

    @Test
    void shouldNotWaitLongForALookUpThatDoesNotEnd() {
        names.set("peer", "10.0.0.1").set("other", "10.0.0.2");
        urls("peer:1", "other:1");
        assertEquals("10.0.0.1:1", attempt());
        connectAndSettle();
        names.silence("peer");
        lose();

        assertFalse(route.advance(nowNanos));
        assertFalse(route.advance(nowNanos + PeerRoute.PATIENCE_NANOS - 1));
        nowNanos += PeerRoute.PATIENCE_NANOS;
        assertEquals("10.0.0.1:1", attempt());
        assertEquals("10.0.0.2:1", nextAttempt());
        assertEquals("10.0.0.1:1", nextAttempt());
    }

    @Test
    void shouldTurnToANewAddressAtOnceWhenTheAnswerIsLate() {
        names.set("peer", "10.0.0.1");
        urls("peer:1");
        attempt();
        connectAndSettle();
        names.silence("peer");
        lose();
        assertFalse(route.advance(nowNanos));
        nowNanos += PeerRoute.PATIENCE_NANOS;
        assertEquals("10.0.0.1:1", attempt());

        names.set("peer", "10.0.0.2");
        names.answer("peer");
        assertEquals("10.0.0.2:1", attempt());
    }

    @Test
    void shouldStartWithTheFirstAnswerHoweverLate() {
        names.set("peer", "10.0.0.1");
        names.silence("peer");
        urls("peer:1");
        for (int i = 0; i < 5; i++) {
            assertFalse(route.advance(nowNanos));
            nowNanos += RETRY_NANOS;
        }
        assertFalse(route.advance(nowNanos));

        names.answer("peer");
        assertEquals("10.0.0.1:1", attempt());
    }

    @Test
    void shouldKeepAnAddressWhenItsNameIsGone() {
        names.set("peer.invalid", "10.0.0.1");
        urls("peer.invalid:1");
        attempt();
        names.set("peer.invalid");
        assertEquals("10.0.0.1:1", nextAttempt());
    }

    @Test
    void shouldTryAtOnceWhenThePeerCalls() {
        urls("10.0.0.1:1");
        attempt();
        nowNanos += PeerRoute.MIN_ATTEMPT_NANOS - 1;
        route.called(nowNanos);
        assertFalse(route.advance(nowNanos));

        nowNanos++;
        route.called(nowNanos);
        assertTrue(route.advance(nowNanos));
        assertFalse(route.advance(nowNanos + RETRY_NANOS - 1));
        assertTrue(route.advance(nowNanos + RETRY_NANOS));
    }

    @Test
    void shouldKeepTheAddressInUseWhenOtherUrlsHaveItToo() {
        urls("10.0.0.1:1");
        attempt();
        connectAndSettle();
        urls("10.0.0.2:1", "10.0.0.1:1");
        assertFalse(route.advance(nowNanos));
        assertEquals("10.0.0.1:1", route.address().toString());

        urls("10.0.0.3:1");
        assertTrue(route.advance(nowNanos));
        assertEquals("10.0.0.3:1", route.address().toString());
    }

    @Test
    void shouldGoThroughARoundWithoutWaitingWhereNothingCanBeSent() {
        urls("10.0.0.1:1", "10.0.0.2:1");
        attempt();
        route.refused(nowNanos);
        assertTrue(route.advance(nowNanos));
        assertEquals("10.0.0.2:1", route.address().toString());

        route.refused(nowNanos);
        assertFalse(route.advance(nowNanos));
        assertEquals("10.0.0.1:1", nextAttempt());
    }

    @Test
    void shouldSayWhyLookUpsFail() {
        urls("no-such-host.invalid:1");
        assertFalse(route.advance(nowNanos));
        List<String> failures = route.takeFailures();
        while (failures.isEmpty()) {
            assertFalse(Thread.interrupted(), "no failure");
            assertFalse(route.advance(nowNanos));
            failures = route.takeFailures();
        }
        assertEquals(List.of("unknown host no-such-host.invalid"), failures);
        assertEquals(List.of(), route.takeFailures());
    }
}
