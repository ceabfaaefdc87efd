package io.larch.engine.sim;

import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Something on the network from one member to another. Reused. */
public final class Packet {
    /** What it carries. */
    public enum Kind {
        /** A message between Raft cores. */
        MESSAGE,
        /** A piece of a snapshot; one without bytes asks where to go on. */
        PIECE,
        /** How much of a snapshot is there; {@code position} is negative when it is refused. */
        RECEIPT
    }

    /** Which connection it goes by, where there are any. */
    enum Stream {
        /** What is short and urgent. */
        CONTROL,
        APPENDS,
        SNAPSHOTS
    }

    public final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    public Kind kind;
    int from;
    int to;
    Stream stream = Stream.CONTROL;

    /** The same number: arrives in order. */
    int connection;

    byte[] bytes = new byte[256];
    public int length;

    /** Where the sender says it is. */
    List<String> fromUrls = List.of();

    // Of snapshots.
    long fromId;
    long term;
    long lastIndex;
    long lastTerm;
    long total;
    long position;

    public void reserve(final int capacity) {
        if (bytes.length < capacity) {
            bytes = new byte[Math.max(capacity, bytes.length * 2)];
        }
        length = capacity;
        view.wrap(bytes, 0, capacity);
    }

    void copyFrom(final Packet other) {
        kind = other.kind;
        from = other.from;
        to = other.to;
        stream = other.stream;
        connection = other.connection;
        reserve(other.length);
        System.arraycopy(other.bytes, 0, bytes, 0, other.length);
        fromUrls = other.fromUrls;
        fromId = other.fromId;
        term = other.term;
        lastIndex = other.lastIndex;
        lastTerm = other.lastTerm;
        total = other.total;
        position = other.position;
    }
}
