package io.larch.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the simulated network does with what is under way, where it has connections. */
class SimNetworkTest {
    private static final int MORE_THAN_PATIENCE = 30;

    private final List<String> lost = new ArrayList<>();
    private final SimNetwork network =
            SimNetwork.ofStreams((from, to) -> lost.add(from + ">" + to));

    private void post(final long number, final Packet.Stream stream) {
        final Packet packet = network.newPacket();
        packet.kind = Packet.Kind.MESSAGE;
        packet.from = 0;
        packet.to = 1;
        packet.stream = stream;
        packet.position = number;
        packet.reserve(0);
        network.post(packet);
    }

    private void append(final long number) {
        post(number, Packet.Stream.APPENDS);
    }

    private Long take(final int k) {
        final Packet packet = network.take(0, 1, k);
        return packet == null ? null : packet.position;
    }

    @Test
    void shouldKeepTheOrderOfAConnectionAndLetAnotherOvertakeIt() {
        append(1);
        append(2);
        post(3, Packet.Stream.CONTROL);
        append(4);
        assertEquals(3, take(2));
        assertEquals(1, take(2));
        assertEquals(2, take(0));
        assertEquals(4, take(0));
        assertNull(take(0));
    }

    @Test
    void shouldLoseTheRestWhenAConnectionBreaksAndTellItsOwner() {
        append(1);
        append(2);
        append(3);
        network.lose(0, 1, 1);
        append(4);
        assertEquals(List.of("0>1"), lost);
        // By a new connection, which waits for nothing of the old one.
        assertEquals(4, take(1));
        assertEquals(1, take(0));
        assertNull(take(0));
    }

    @Test
    void shouldHoldBackWhatIsSentWhileALinkIsCut() {
        network.cut(0, 1, true);
        append(1);
        assertEquals(1, network.size(0, 1));
        network.heal();
        assertEquals(1, take(0));
        assertEquals(List.of(), lost);
    }

    @Test
    void shouldLoseAllUntilItIsNoticedThatTheOtherEndHasVanished() {
        append(1);
        network.repeat(0, 1, 0);
        for (int i = 0; i < MORE_THAN_PATIENCE && lost.isEmpty(); i++) {
            assertEquals(0, network.size(0, 1));
            append(2);
        }
        assertEquals(List.of("0>1"), lost);
        append(3);
        assertEquals(3, take(0));
    }

    @Test
    void shouldBringNothingToAnotherLife() {
        append(1);
        network.endLife(1);
        assertNull(take(0));
        append(2);
        network.endLife(0);
        append(3);
        assertEquals(3, take(1), "what the sender's next life sends waits for nothing");
        assertEquals(2, take(0));
    }
}
