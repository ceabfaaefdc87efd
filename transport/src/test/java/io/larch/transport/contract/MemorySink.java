package io.larch.transport.contract;

import io.larch.engine.port.SnapshotSink;
import java.io.ByteArrayOutputStream;
import org.agrona.DirectBuffer;

/** Takes a snapshot into memory; can be told to refuse. */
public final class MemorySink implements SnapshotSink {
    private ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private long term;
    private long lastIndex;
    public boolean refusesAll;
    public int refusedWrites;
    public int begins;

    @Override
    public long begin(
            final long from,
            final long offeredTerm,
            final long offeredIndex,
            final long lastTerm,
            final long length) {
        begins++;
        if (refusesAll || offeredTerm < term) {
            return REFUSED;
        }
        if (offeredTerm != term || offeredIndex != lastIndex) {
            term = offeredTerm;
            lastIndex = offeredIndex;
            taken = new ByteArrayOutputStream();
        }
        return taken.size();
    }

    @Override
    public boolean write(
            final long position, final DirectBuffer buffer, final int offset, final int length) {
        if (refusedWrites > 0) {
            refusedWrites--;
            return false;
        }
        if (position != taken.size()) {
            throw new IllegalStateException(position + " is not " + taken.size());
        }
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        taken.writeBytes(bytes);
        return true;
    }

    @Override
    public long position() {
        return taken.size();
    }

    public byte[] bytes() {
        return taken.toByteArray();
    }

    /** The disk is lost. */
    public void forget() {
        taken = new ByteArrayOutputStream();
        term = 0;
        lastIndex = 0;
    }
}
