package io.larch.engine.mvcc;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/** Memory of the process, off the heap. */
public final class NativeMemory implements SegmentMemory {
    public static final NativeMemory INSTANCE = new NativeMemory();

    private NativeMemory() {}

    @Override
    public UnsafeBuffer allocate(final int length) {
        return new UnsafeBuffer(UnsafeApi.allocateMemory(length), length);
    }

    @Override
    public void free(final UnsafeBuffer memory) {
        UnsafeApi.freeMemory(memory.addressOffset());
        memory.wrap(0, 0);
    }
}
