package io.larch.transport.tcp;

import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.frame.FrameReader;
import io.larch.transport.frame.PeerIdentity;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that comes to this member's peer URLs: connections are accepted, it is found out whose they
 * are, and those of members are read, control first. Owned by the thread that drives the transport.
 */
final class Entrance implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);

    /** Three for each of more members than a cluster should have. */
    private static final int MAX_OPEN = 192;

    private static final int MAX_ACCEPTED_PER_TURN = 64;

    /** Members say each half second on one of their connections, and each 5 s on all, ... */
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** ... and are told that they were heard so often at most. */
    private static final long ACKNOWLEDGEMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Reasons told in a minute at most, each once. */
    private static final int MAX_TOLD = 32;

    private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final TcpContext context;
    private final TransportCounters counters;
    private final Wires wires;
    private final Runnable onReady;
    private final Set<String> told = new HashSet<>();
    private final List<IncomingStream> strangers = new ArrayList<>();
    private IncomingStream[] streams = new IncomingStream[0];
    private Door[] doors = new Door[0];
    private OtherConnections others;
    private PeerIdentity identity;
    private LongConsumer onMember;
    private long tellNanos;

    /**
     * @param onReady called within the thread's wait when there is something to do.
     */
    Entrance(
            final TcpContext context,
            final TransportCounters counters,
            final Wires wires,
            final Runnable onReady) {
        this.context = context;
        this.counters = counters;
        this.wires = wires;
        this.onReady = onReady;
        tellNanos = context.nanoTime().getAsLong();
    }

    /**
     * @param memberCalled told who has come in.
     */
    void identity(final PeerIdentity self, final LongConsumer memberCalled) {
        identity = self;
        onMember = memberCalled;
    }

    /**
     * Opens a listening socket.
     *
     * @throws IOException when the address cannot be had.
     */
    void open(final PeerUrl url, final OtherConnections otherConnections) throws IOException {
        others = otherConnections;
        doors = Arrays.copyOf(doors, doors.length + 1);
        try {
            doors[doors.length - 1] = Door.open(url, context.channelWatch(), onReady);
        } catch (final IOException | RuntimeException e) {
            doors = Arrays.copyOf(doors, doors.length - 1);
            throw e;
        }
    }

    boolean isOpen() {
        return doors.length > 0;
    }

    /** Whether a connection goes on without a sign of its socket. */
    boolean isAtWork() {
        for (int i = 0; i < strangers.size(); i++) {
            if (strangers.get(i).isAtWork()) {
                return true;
            }
        }
        return false;
    }

    /** Takes in who comes. */
    void accept(final long nowNanos) {
        for (final Door door : doors) {
            SocketChannel accepted = door.accept(nowNanos);
            for (int i = 1; accepted != null; i++) {
                takeIn(accepted, door.isTls(), nowNanos);
                accepted = i < MAX_ACCEPTED_PER_TURN ? door.accept(nowNanos) : null;
            }
        }
    }

    private void takeIn(final SocketChannel channel, final boolean isTls, final long nowNanos) {
        if (strangers.size() >= context.maxUndecided()) {
            counters.increment(TransportCounter.STREAMS_REFUSED);
            tell("too many connections say nothing: the oldest is closed", nowNanos);
            strangers.remove(0).close();
        }
        try {
            strangers.add(
                    new IncomingStream(
                            Line.accepted(channel, context.channelWatch(), onReady),
                            isTls,
                            identity,
                            wires,
                            counters,
                            nowNanos));
        } catch (final IOException | RuntimeException e) {
            LOG.debug("a connection ended before it began", e);
        }
    }

    /** Finds out whose the new connections are. */
    void meet(final long nowNanos) {
        for (int i = strangers.size() - 1; i >= 0; i--) {
            final IncomingStream stranger = strangers.get(i);
            stranger.meet(others, streams.length >= MAX_OPEN, nowNanos);
            if (stranger.state() == IncomingStream.State.OPEN) {
                strangers.remove(i);
                add(stranger);
            } else if (isOver(stranger, nowNanos)) {
                strangers.remove(i);
            }
        }
    }

    private boolean isOver(final IncomingStream stranger, final long nowNanos) {
        final boolean isLate = nowNanos - stranger.acceptedNanos() >= context.meetingNanos();
        if (isLate && stranger.state() == IncomingStream.State.MEETING) {
            tell("no understanding with " + stranger.remote() + ": it says nothing", nowNanos);
        }
        if (isLate) {
            stranger.close();
        }
        if (stranger.failure() != null) {
            counters.increment(TransportCounter.HANDSHAKES_FAILED);
            tell(stranger.failure(), nowNanos);
        }
        return isLate
                || stranger.state() == IncomingStream.State.GIVEN_AWAY
                || stranger.state() == IncomingStream.State.CLOSED;
    }

    /** A member that connects anew has given the connection before up. */
    private void add(final IncomingStream stream) {
        for (final IncomingStream other : streams) {
            if (other.from() == stream.from() && other.kind() == stream.kind()) {
                other.close();
            }
        }
        removeClosed();
        streams = Arrays.copyOf(streams, streams.length + 1);
        int at = streams.length - 1;
        while (at > 0 && streams[at - 1].kind().compareTo(stream.kind()) > 0) {
            streams[at] = streams[at - 1];
            at--;
        }
        streams[at] = stream;
        onMember.accept(stream.from());
    }

    /**
     * Reads what members send; messages at most as many as asked for.
     *
     * @return whether something may be left.
     */
    boolean poll(final FrameReader reader, final int limit, final long nowNanos) {
        boolean isLeft = false;
        boolean isClosed = false;
        for (final IncomingStream stream : streams) {
            isLeft |= stream.poll(reader, limit, nowNanos);
            stream.acknowledge(ACKNOWLEDGEMENT_NANOS, nowNanos);
            isClosed |= stream.state() == IncomingStream.State.CLOSED;
        }
        if (isClosed) {
            removeClosed();
        }
        return isLeft;
    }

    /** Acknowledges what is due, and gives up those of whom nothing is heard. */
    void tidy(final long nowNanos) {
        boolean isClosed = false;
        for (final IncomingStream stream : streams) {
            stream.acknowledge(ACKNOWLEDGEMENT_NANOS, nowNanos);
            if (nowNanos - stream.heardNanos() >= LOST_NANOS) {
                stream.close();
            }
            isClosed |= stream.state() == IncomingStream.State.CLOSED;
        }
        if (isClosed) {
            removeClosed();
        }
    }

    private void removeClosed() {
        for (final IncomingStream stream : streams) {
            if (stream.failure() != null) {
                LOG.debug("{}", stream.failure());
            }
        }
        streams =
                Arrays.stream(streams)
                        .filter(stream -> stream.state() == IncomingStream.State.OPEN)
                        .toArray(IncomingStream[]::new);
    }

    private void tell(final String text, final long nowNanos) {
        if (nowNanos - tellNanos >= TELL_NANOS) {
            tellNanos = nowNanos;
            told.clear();
        }
        // The port of the other end is another one each time.
        if (told.size() < MAX_TOLD && told.add(text.replaceAll("(\\d):\\d{2,5}\\b", "$1"))) {
            LOG.warn("refused a connection to a peer URL: {}", text);
        }
    }

    @Override
    public void close() {
        for (final Door door : doors) {
            door.close();
        }
        for (final IncomingStream stream : streams) {
            stream.close();
        }
        strangers.forEach(IncomingStream::close);
        strangers.clear();
        doors = new Door[0];
        streams = new IncomingStream[0];
    }
}
