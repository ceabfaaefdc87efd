package io.larch.transport.tcp;

import io.larch.transport.address.PeerAddress;
import io.larch.transport.frame.FrameStream;
import io.larch.transport.frame.OfferResult;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PeerIdentity;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One stream to one peer, over a connection that this member makes: frames go out, each behind its
 * length, and bytes that acknowledge come back. One that has nothing to say sends a length of 0
 * from time to time; one whose bytes nobody acknowledges for long has failed.
 *
 * <p>Owned by the thread that drives the transport; allocates nothing once it is open.
 */
final class OutgoingStream implements FrameStream, AutoCloseable {
    static final int LENGTH_LENGTH = Integer.BYTES;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int ACKNOWLEDGEMENTS_LENGTH = 64;

    private enum State {
        CLOSED,
        CONNECTING,
        SHAKING,
        GREETING,
        OPEN
    }

    private final StreamKind kind;
    private final TcpContext context;
    private final PeerIdentity identity;
    private final long to;
    private final Wires wires;
    private final Runnable onReady;
    private final ByteBuffer answer = ByteBuffer.allocate(ACKNOWLEDGEMENTS_LENGTH);
    private ByteBuffer window = ByteBuffer.allocate(0);
    private final UnsafeBuffer windowBuffer = new UnsafeBuffer(0, 0);
    private State state = State.CLOSED;
    private PeerAddress address;
    private Wires.Place place;
    private Line line;
    private Wire wire;
    private ByteBuffer greeting;
    private String failure;
    private boolean isBlocked;
    private boolean isAwaitingAcknowledgement;

    /** Of what was written or put into the window. */
    private int head;

    private int tail;
    private long sinceNanos;
    private long sentNanos;
    private long unacknowledgedNanos;

    /**
     * @param to the peer at its other end.
     * @param onReady called within the thread's wait when there is something to do.
     */
    OutgoingStream(
            final StreamKind kind,
            final TcpContext context,
            final PeerIdentity identity,
            final long to,
            final Wires wires,
            final Runnable onReady) {
        this.kind = kind;
        this.context = context;
        this.identity = identity;
        this.to = to;
        this.wires = wires;
        this.onReady = onReady;
    }

    /** Begins to connect; how it goes shows when it is {@link #advance advanced}. */
    void dial(final PeerAddress peerAddress, final Wires.Place peerPlace, final long nowNanos) {
        close();
        address = peerAddress;
        place = peerPlace;
        failure = null;
        sinceNanos = nowNanos;
        state = State.CONNECTING;
        try {
            line =
                    Line.dial(
                            new InetSocketAddress(address.host(), address.port()),
                            context.channelWatch(),
                            onReady);
        } catch (final IOException | RuntimeException e) {
            fail(e);
        }
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether somebody is there, though it is not yet known who. */
    boolean isBeingMet() {
        return state == State.SHAKING || state == State.GREETING;
    }

    /** Since when it is dialed, being met or open. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** Whether it goes on without a sign of the socket. */
    boolean isAtWork() {
        return state == State.SHAKING && wire != null && wire.isAtWork();
    }

    /** Why it failed; told once, null when it did not. */
    String takeFailure() {
        final String told = failure;
        failure = null;
        return told;
    }

    /** Goes on as far as it can now. */
    void advance(final long nowNanos) {
        try {
            if (state == State.CONNECTING && line.connect()) {
                wire = wires.dial(line.channel(), place);
                state = State.SHAKING;
                sinceNanos = nowNanos;
            }
            if (state == State.SHAKING && wire.establish()) {
                greeting = Preamble.encode(identity, to, kind);
                answer.clear().limit(Verdict.LENGTH);
                state = State.GREETING;
            }
            if (state == State.GREETING) {
                greet(nowNanos);
            }
            if (isBeingMet() && nowNanos - sinceNanos >= context.meetingNanos()) {
                fail(
                        address
                                + " takes TCP connections, but nobody speaks there: a member that"
                                + " hangs?");
            }
            if (state == State.OPEN) {
                listen(nowNanos);
                keepAlive(nowNanos);
            }
        } catch (final IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void greet(final long nowNanos) throws IOException {
        wire.write(greeting);
        final int count = wire.read(answer);
        line.dry();
        if (answer.hasRemaining()) {
            if (count == Wire.END) {
                fail(ends());
            }
            return;
        }
        final Verdict verdict = Verdict.of(answer);
        if (verdict == Verdict.ACCEPTED) {
            open(nowNanos);
        } else if (verdict != null) {
            fail("the member at " + address + " " + verdict.meaning);
        } else if (Verdict.isHttp(answer)) {
            fail(
                    address
                            + " answers HTTP, but does not take what members say by TCP: is"
                            + " --peer-transport=tcp missing there?");
        } else {
            fail("what answers at " + address + " is not the peer port of a member");
        }
    }

    private String ends() {
        return "what answers at " + address + " ends the connection";
    }

    private void open(final long nowNanos) {
        if (window.capacity() == 0) {
            window = ByteBuffer.allocateDirect(kind.windowLength);
            windowBuffer.wrap(window);
        }
        head = 0;
        tail = 0;
        isBlocked = false;
        isAwaitingAcknowledgement = false;
        sentNanos = nowNanos;
        answer.clear();
        sinceNanos = nowNanos;
        state = State.OPEN;
    }

    /** Takes acknowledgements. */
    private void listen(final long nowNanos) throws IOException {
        if (line.isReady()) {
            answer.clear();
            final int count = wire.read(answer);
            if (count == Wire.END) {
                fail(ends());
                return;
            }
            if (count < answer.capacity()) {
                line.dry();
            }
            if (count > 0) {
                isAwaitingAcknowledgement = hasUnsent();
                unacknowledgedNanos = nowNanos;
            }
        }
        if (isBlocked) {
            write(nowNanos);
        }
    }

    private void keepAlive(final long nowNanos) throws IOException {
        if (state != State.OPEN) {
            return;
        }
        if (isAwaitingAcknowledgement && nowNanos - unacknowledgedNanos >= context.silenceNanos()) {
            fail("nobody at " + address + " answers any more");
        } else if (!hasUnsent() && nowNanos - sentNanos >= kind.keepAliveNanos) {
            windowBuffer.putInt(tail, 0, ORDER);
            tail += LENGTH_LENGTH;
            write(nowNanos);
        }
    }

    /** This member did not run for a while: silence in between does not count. */
    void forgive(final long nowNanos) {
        unacknowledgedNanos = nowNanos;
    }

    @Override
    public boolean isConnected() {
        return state == State.OPEN;
    }

    @Override
    public int maxFrameLength() {
        return kind.maxFrameLength;
    }

    /** {@inheritDoc} It leaves by {@link #flush}. */
    @Override
    public OfferResult offer(final OutgoingFrame frame) {
        if (state != State.OPEN) {
            return OfferResult.NOT_CONNECTED;
        }
        final int length = frame.length();
        final int needed = LENGTH_LENGTH + length;
        if (needed > window.capacity() - tail && !makeRoom(needed)) {
            return OfferResult.BACK_PRESSURED;
        }
        windowBuffer.putInt(tail, length, ORDER);
        final int offset = tail + LENGTH_LENGTH;
        final int headerLength = frame.headerLength();
        if (headerLength > 0) {
            windowBuffer.putBytes(offset, frame.header(), 0, headerLength);
        }
        windowBuffer.putBytes(
                offset + headerLength, frame.body(), frame.bodyOffset(), frame.bodyLength());
        tail += needed;
        return OfferResult.TAKEN;
    }

    private boolean makeRoom(final int needed) {
        if (needed > window.capacity() - (tail - head)) {
            return false;
        }
        window.limit(tail).position(head);
        window.compact();
        tail -= head;
        head = 0;
        return true;
    }

    /** Whether something waits that the socket has not taken. */
    boolean hasUnsent() {
        return head != tail || isBlocked;
    }

    /**
     * Writes what the socket takes.
     *
     * @return whether anything was written.
     */
    boolean flush(final long nowNanos) {
        if (state != State.OPEN || head == tail || isBlocked) {
            return false;
        }
        try {
            return write(nowNanos);
        } catch (final IOException | RuntimeException e) {
            fail(e);
            return false;
        }
    }

    private boolean write(final long nowNanos) throws IOException {
        window.limit(tail).position(head);
        final boolean isAll = wire.write(window);
        final boolean hasMoved = window.position() != head;
        head = window.position();
        if (head == tail) {
            head = 0;
            tail = 0;
        }
        if (hasMoved) {
            sentNanos = nowNanos;
            if (!isAwaitingAcknowledgement) {
                isAwaitingAcknowledgement = true;
                unacknowledgedNanos = nowNanos;
            }
        }
        if (isBlocked == isAll) {
            isBlocked = !isAll;
            line.awaitWritable(isBlocked);
        }
        return hasMoved;
    }

    private void fail(final Exception e) {
        fail(reason(e));
    }

    private String reason(final Exception e) {
        final String text = String.valueOf(e.getMessage());
        if (state != State.CONNECTING) {
            return (state == State.OPEN ? "lost " : "no understanding with ")
                    + address
                    + ": "
                    + text;
        }
        return e instanceof ConnectException
                        && text.toLowerCase(Locale.ROOT).contains("connection refused")
                ? "nothing listens at " + address + ": TCP is refused"
                : "no way to " + address + ": " + text;
    }

    private void fail(final String reason) {
        close();
        failure = reason;
    }

    /** Ends the connection, and forgets what has not left. */
    @Override
    public void close() {
        state = State.CLOSED;
        if (wire != null) {
            wire.close();
            wire = null;
        }
        if (line != null) {
            line.close();
            line = null;
        }
        head = 0;
        tail = 0;
        isBlocked = false;
    }
}
