package io.larch.transport.frame;

import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/** CRC-32C over pieces of buffers, without allocation. One thread. */
public final class FrameChecksum {
    private static final int SLOT_LENGTH = Integer.BYTES;

    private final CRC32C crc = new CRC32C();
    private final byte[] copy = new byte[8192];
    private final byte[] emptySlot = new byte[SLOT_LENGTH];

    public FrameChecksum reset() {
        crc.reset();
        return this;
    }

    public FrameChecksum update(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] array = buffer.byteArray();
        if (array != null) {
            crc.update(array, buffer.wrapAdjustment() + offset, length);
            return this;
        }
        for (int done = 0; done < length; ) {
            final int part = Math.min(copy.length, length - done);
            buffer.getBytes(offset + done, copy, 0, part);
            crc.update(copy, 0, part);
            done += part;
        }
        return this;
    }

    public int value() {
        return (int) crc.getValue();
    }

    /** Of a whole frame, as if its checksum's slot held 0. */
    public int of(
            final DirectBuffer frame, final int offset, final int length, final int slotOffset) {
        final int afterSlot = slotOffset + SLOT_LENGTH;
        reset().update(frame, offset, slotOffset);
        crc.update(emptySlot, 0, SLOT_LENGTH);
        return update(frame, offset + afterSlot, length - afterSlot).value();
    }
}
