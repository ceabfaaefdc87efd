package io.larch.http.output;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.SocketAddress;

/** How far a connection's client is behind in reading. One of {@link SlowReaders}' connections. */
public final class ReaderLag {
    private final Source source;

    /** Place in the list of the slow ones, -1: not in it. */
    int index = -1;

    /** What counts against the budget. */
    long accountedBytes;

    /** Of one that was cut off: what its end will give back. */
    long leavingBytes;

    /** How often it was found in the list, without having taken anything since. */
    int checks;

    private boolean isPatient;
    private long heldBytes;
    private long writtenBytes;
    private long takenBytes;
    private long takenNanos;

    /** Where what the client has not taken waits. */
    public interface Source {
        /** Bytes that wait. */
        long pendingBytes();

        /** Pieces that wait, of what was flushed. */
        int pendingWrites();

        SocketAddress clientAddress();

        /** Ends with the client. */
        void close();
    }

    /** Of a whole connection. */
    public ReaderLag(final Channel channel) {
        this(new Socket(channel));
    }

    public ReaderLag(final Source source) {
        this.source = source;
    }

    /** What the system has not taken of a connection. */
    private record Socket(Channel channel) implements Source {
        @Override
        public long pendingBytes() {
            final ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
            return outbound == null ? 0 : outbound.totalPendingWriteBytes();
        }

        @Override
        public int pendingWrites() {
            final ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
            return outbound == null ? 0 : outbound.size();
        }

        @Override
        public SocketAddress clientAddress() {
            return channel.remoteAddress();
        }

        @Override
        public void close() {
            channel.close();
        }
    }

    /** Whether it is in the list of the slow ones. */
    public boolean isSlow() {
        return index >= 0;
    }

    /**
     * Nothing grows while this client is slow, so it may be so for any time; only when memory is
     * short it has to go as others have.
     */
    public void bePatient() {
        isPatient = true;
    }

    boolean isPatient() {
        return isPatient;
    }

    /** So many bytes were written. */
    public void wrote(final int bytes) {
        writtenBytes += bytes;
    }

    /** So many bytes more of the budget are held for its answer; negative: given back. */
    public void held(final long bytes) {
        heldBytes += bytes;
    }

    long heldBytes() {
        return heldBytes;
    }

    /** Bytes that the client's socket has not taken. */
    public long pendingBytes() {
        return source.pendingBytes();
    }

    /** Pieces that the client's socket has not taken, of what was flushed. */
    public int pendingWrites() {
        return source.pendingWrites();
    }

    /** The client begins to be slow. */
    void begin(final long nowNanos) {
        takenBytes = writtenBytes - pendingBytes();
        takenNanos = nowNanos;
        checks = 0;
    }

    /** For how long the client has taken nothing, as far as anybody looked. */
    long waitedNanos(final long nowNanos) {
        final long taken = writtenBytes - pendingBytes();
        if (taken > takenBytes) {
            takenBytes = taken;
            takenNanos = nowNanos;
            checks = 0;
        }
        return nowNanos - takenNanos;
    }

    SocketAddress clientAddress() {
        return source.clientAddress();
    }

    void close() {
        source.close();
    }
}
