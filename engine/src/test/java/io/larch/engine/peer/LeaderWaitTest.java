package io.larch.engine.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.PeerContact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderWaitTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> lines = new ArrayList<>();
    private final List<PeerContact> contacts =
            new ArrayList<>(List.of(contact(0xA, false), contact(0xB, false)));
    private final LeaderWait wait =
            new LeaderWait(() -> contacts, id -> id == 0xA ? "infra1" : "", () -> 3, lines::add);

    private static PeerContact contact(final long id, final boolean isAnswering) {
        return new PeerContact(
                id,
                List.of("http://10.0.0." + id + ":2380"),
                "10.0.0." + id + ":2380",
                isAnswering,
                isAnswering,
                SECOND,
                "");
    }

    @Test
    void shouldSayForWhomItWaitsSoonAndThenSeldom() {
        for (long seconds = 0; seconds < 24 * 3600; seconds++) {
            wait.check(0, seconds * SECOND);
            if (seconds == 5) {
                assertEquals(
                        List.of(
                                "no leader for 5s: this member and 0 of 2 others are up, as seen"
                                        + " from here, and it takes 2; waiting for infra1 (a) at"
                                        + " http://10.0.0.10:2380, b at http://10.0.0.11:2380"),
                        lines);
            } else if (seconds == 60) {
                assertEquals(4, lines.size());
            }
        }
        assertTrue(lines.size() < 60, lines.size() + " lines in a day");
    }

    @Test
    void shouldSayNothingOfAnElection() {
        wait.check(0, 0);
        wait.check(0, 4 * SECOND);
        wait.check(7, 5 * SECOND);
        wait.check(0, 6 * SECOND);
        wait.check(0, 10 * SECOND);
        assertEquals(List.of(), lines);
    }

    @Test
    void shouldNameNobodyWhenAllAnswer() {
        contacts.replaceAll(peer -> contact(peer.peerId(), true));
        wait.check(0, 0);
        wait.check(0, 5 * SECOND);
        assertTrue(
                lines.get(0)
                        .endsWith(
                                "this member and 2 of 2 others are up, as seen from here, and it takes 2"));
    }
}
