package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoWriter;
import org.agrona.MutableDirectBuffer;

/** CompactionRequests, as the engine itself makes them. */
final class CompactRequests {
    private static final int REVISION = 1;

    private CompactRequests() {}

    /** Writes one. Returns the end. */
    static int encode(final MutableDirectBuffer target, final int offset, final long revision) {
        return ProtoWriter.number(target, offset, REVISION, revision);
    }
}
