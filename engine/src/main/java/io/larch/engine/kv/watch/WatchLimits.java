package io.larch.engine.kv.watch;

/**
 * How much watches are told in one go.
 *
 * @param wholeChanges a revision of more changes may be told in parts.
 * @param wholeBytes so may one of more bytes, what was before counted, too.
 * @param sliceChanges looked at when a revision was made, about; the rest is told later.
 * @param sliceBytes of printed events after which a part, or several short revisions, is told.
 */
public record WatchLimits(int wholeChanges, int wholeBytes, int sliceChanges, int sliceBytes) {
    /** Of well below a millisecond, and such that few revisions are told in parts. */
    public static final WatchLimits DEFAULT = new WatchLimits(2048, 1 << 20, 256, 64 << 10);
}
