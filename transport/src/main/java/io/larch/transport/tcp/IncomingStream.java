package io.larch.transport.tcp;

import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.frame.FrameReader;
import io.larch.transport.frame.PeerIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One connection that was accepted: first it is found out whose it is, then its frames are read,
 * and from time to time one byte acknowledges that some arrived. Owned by the thread that drives
 * the transport; allocates nothing once it is open.
 */
final class IncomingStream implements AutoCloseable {
    /** The answer to frames. */
    private static final byte ACKNOWLEDGEMENT = 1;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int LENGTH_LENGTH = OutgoingStream.LENGTH_LENGTH;
    private static final int FIRST_LENGTH = 2048;

    /** Read in one go at most, so that nobody keeps the thread. */
    private static final int LONGEST_READ = 1 << 20;

    /** What is known of it. */
    enum State {
        /** Not whether it is a member's. */
        UNDECIDED,
        /** It says that it is, and has to prove it. */
        MEETING,
        /** A member's: frames are read. */
        OPEN,
        /** None of a member: somebody else's now. */
        GIVEN_AWAY,
        CLOSED
    }

    private final Line line;
    private final boolean isTls;
    private final PeerIdentity identity;
    private final Wires wires;
    private final TransportCounters counters;
    private final String remote;
    private final long acceptedNanos;
    private final ByteBuffer answers = ByteBuffer.allocate(2 * Verdict.LENGTH);
    private State state = State.UNDECIDED;
    private ByteBuffer first = ByteBuffer.allocate(FIRST_LENGTH);
    private Wire wire;
    private boolean isEstablished;
    private Preamble preamble;
    private StreamKind kind;
    private long from;

    /** From head to tail: read, but not handed over. */
    private ByteBuffer bytes;

    private final UnsafeBuffer frames = new UnsafeBuffer(0, 0);
    private int head;
    private int tail;
    private boolean owesAcknowledgement;
    private long acknowledgedNanos;
    private long heardNanos;
    private String failure;

    IncomingStream(
            final Line line,
            final boolean isTls,
            final PeerIdentity identity,
            final Wires wires,
            final TransportCounters counters,
            final long nowNanos) {
        this.line = line;
        this.isTls = isTls;
        this.identity = identity;
        this.wires = wires;
        this.counters = counters;
        acceptedNanos = nowNanos;
        heardNanos = nowNanos;
        remote = line.remote();
    }

    State state() {
        return state;
    }

    /** The other end. */
    String remote() {
        return remote;
    }

    long acceptedNanos() {
        return acceptedNanos;
    }

    /** When something arrived last. */
    long heardNanos() {
        return heardNanos;
    }

    /** Whom it is from; once it is open. */
    long from() {
        return from;
    }

    /** What it is for; once it is open. */
    StreamKind kind() {
        return kind;
    }

    /** Why it was closed; null when there is nothing to tell. */
    String failure() {
        return failure;
    }

    /** Whether it goes on without a sign of the socket. */
    boolean isAtWork() {
        return state == State.MEETING && wire.isAtWork();
    }

    boolean isReady() {
        return line.isReady();
    }

    /**
     * Goes on to find out whose it is.
     *
     * @param isFull whether there are too many already.
     */
    void meet(final OtherConnections others, final boolean isFull, final long nowNanos) {
        try {
            if (state == State.UNDECIDED) {
                decide(others);
            }
            if (state == State.MEETING) {
                if (!isEstablished) {
                    isEstablished = wire.establish();
                }
                if (isEstablished) {
                    readPreamble(isFull, nowNanos);
                }
            }
        } catch (final IOException | RuntimeException e) {
            fail("no understanding with " + remote + ": " + e.getMessage());
        }
    }

    private void decide(final OtherConnections others) throws IOException {
        final int count = line.channel().read(first);
        if (first.hasRemaining()) {
            line.dry();
        }
        final ClientHello.Finding finding = look();
        if (finding == ClientHello.Finding.OFFERED) {
            first.flip();
            wire = wires.accept(line.channel(), isTls, first);
            first = ByteBuffer.allocate(Preamble.LENGTH);
            state = State.MEETING;
        } else if (finding == ClientHello.Finding.OTHER) {
            giveAway(others);
        } else if (count == Wire.END) {
            close();
        } else if (!first.hasRemaining()) {
            first = ByteBuffer.allocate(ClientHello.MAX_LENGTH).put(first.flip());
        }
    }

    private ClientHello.Finding look() {
        if (isTls) {
            return ClientHello.look(first, first.position(), TlsEngines.PROTOCOL);
        }
        if (!Preamble.mayBegin(first, first.position())) {
            return ClientHello.Finding.OTHER;
        }
        return first.position() < Preamble.MAGIC_LENGTH
                ? ClientHello.Finding.UNDECIDED
                : ClientHello.Finding.OFFERED;
    }

    private void giveAway(final OtherConnections others) {
        state = State.GIVEN_AWAY;
        line.letGo();
        others.onConnection(line.channel(), first.flip(), isTls);
        first = null;
    }

    private void readPreamble(final boolean isFull, final long nowNanos) throws IOException {
        final int count = wire.read(first);
        if (first.hasRemaining()) {
            line.dry();
            if (count == Wire.END) {
                close();
            }
            return;
        }
        preamble = Preamble.of(first);
        final Verdict verdict = isFull ? Verdict.BUSY : preamble.verdict(identity);
        verdict.encode(answers);
        writeAnswers();
        if (verdict == Verdict.ACCEPTED) {
            open(nowNanos);
        } else {
            counters.increment(TransportCounter.STREAMS_REFUSED);
            fail(
                    remote
                            + " says it is member "
                            + Long.toHexString(preamble.from())
                            + " of cluster "
                            + Long.toHexString(preamble.clusterId())
                            + " and wants member "
                            + Long.toHexString(preamble.to())
                            + ": this one "
                            + verdict.meaning);
        }
    }

    private void open(final long nowNanos) {
        kind = preamble.stream();
        from = preamble.from();
        first = null;
        preamble = null;
        bytes = ByteBuffer.allocate(2 * kind.maxFrameLength);
        frames.wrap(bytes.array());
        acknowledgedNanos = nowNanos;
        heardNanos = nowNanos;
        state = State.OPEN;
    }

    /**
     * Hands over frames: all of what arrived, but messages at most as many as asked for.
     *
     * @return whether something may be left.
     */
    boolean poll(final FrameReader reader, final int limit, final long nowNanos) {
        try {
            return state == State.OPEN && read(reader, limit, nowNanos);
        } catch (final IOException | RuntimeException e) {
            fail("lost " + remote + ": " + e.getMessage());
            return false;
        }
    }

    private boolean read(final FrameReader reader, final int limit, final long nowNanos)
            throws IOException {
        int count = 0;
        while (true) {
            while (hasFrame()) {
                if (reader.delivered() >= limit) {
                    return true;
                }
                deliver(reader);
                if (state != State.OPEN) {
                    return false;
                }
            }
            if (count >= LONGEST_READ) {
                return true;
            }
            if (!line.isReady()) {
                return false;
            }
            makeRoom();
            final int room = bytes.capacity() - tail;
            bytes.limit(bytes.capacity()).position(tail);
            final int more = wire.read(bytes);
            if (more == Wire.END) {
                close();
                return false;
            }
            tail += more;
            count += more;
            if (more > 0) {
                heardNanos = nowNanos;
                owesAcknowledgement = true;
            }
            if (more < room) {
                line.dry();
                if (!hasFrame()) {
                    return false;
                }
            }
        }
    }

    private boolean hasFrame() {
        final int there = tail - head - LENGTH_LENGTH;
        if (there < 0) {
            return false;
        }
        final int length = frames.getInt(head, ORDER);
        return there >= length || length > kind.maxFrameLength;
    }

    private void deliver(final FrameReader reader) {
        final int length = frames.getInt(head, ORDER);
        if (length < 0 || length > kind.maxFrameLength) {
            counters.increment(TransportCounter.DROPPED_MALFORMED);
            fail(remote + " sends what is no frame");
            return;
        }
        final int offset = head + LENGTH_LENGTH;
        head = offset + length;
        if (length > 0) {
            reader.onFrame(frames, offset, length);
        }
    }

    private void makeRoom() {
        if (head == tail) {
            head = 0;
            tail = 0;
        } else if (head > 0 && bytes.capacity() - tail < kind.maxFrameLength) {
            bytes.limit(tail).position(head);
            bytes.compact();
            tail -= head;
            head = 0;
        }
    }

    /** Says that something arrived, unless that was said a moment ago. */
    void acknowledge(final long intervalNanos, final long nowNanos) {
        if (state != State.OPEN
                || !owesAcknowledgement
                || nowNanos - acknowledgedNanos < intervalNanos) {
            return;
        }
        owesAcknowledgement = false;
        acknowledgedNanos = nowNanos;
        if (answers.position() == 0) {
            answers.put(ACKNOWLEDGEMENT);
        }
        try {
            writeAnswers();
        } catch (final IOException | RuntimeException e) {
            fail("lost " + remote + ": " + e.getMessage());
        }
    }

    /** What does not leave now leaves with the next one. */
    private void writeAnswers() throws IOException {
        answers.flip();
        try {
            wire.write(answers);
        } finally {
            answers.compact();
        }
    }

    private void fail(final String reason) {
        failure = reason;
        close();
    }

    @Override
    public void close() {
        if (state == State.GIVEN_AWAY || state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        if (wire != null) {
            wire.close();
        }
        line.close();
    }
}
