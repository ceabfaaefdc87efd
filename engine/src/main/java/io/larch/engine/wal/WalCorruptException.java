package io.larch.engine.wal;

/**
 * The log holds damage that no crash leaves behind. Nothing was changed on disk; the member must
 * not start, since entries it has acknowledged may be gone.
 */
public final class WalCorruptException extends WalException {
    private final String file;
    private final long offset;

    public WalCorruptException(final String file, final long offset, final String what) {
        super("write-ahead log is corrupt: " + file + " at offset " + offset + ": " + what);
        this.file = file;
        this.offset = offset;
    }

    /** Name of the damaged file within the directory of the log. */
    public String file() {
        return file;
    }

    /** Bytes from the start of the file to the record that does not read. */
    public long offset() {
        return offset;
    }
}
