package io.larch.engine.disk;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The directory of the log, by names: the seam between the log and the file system. */
public interface Directory {
    /** Creates the directory if need be and makes its name durable. */
    void prepare() throws IOException;

    /**
     * Takes the directory for this log alone until the result is closed.
     *
     * @throws DirectoryLockedException when somebody else has it.
     */
    Closeable lock() throws IOException;

    /** Names of all files, sorted. */
    List<String> list() throws IOException;

    /** Creates an empty file; one of that name must not exist. */
    DiskFile create(String name) throws IOException;

    /** Opens a file for reading and writing. */
    DiskFile open(String name) throws IOException;

    /** Renames a file, which may be open. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file, which may be open. */
    void delete(String name) throws IOException;

    /** Makes creations, renames and deletions durable. */
    void sync() throws IOException;

    /**
     * Gives a file of another directory the same name here, for the same bytes, unless it has it.
     *
     * @return false where the file systems cannot, or another file has the name: nothing has
     *     changed then.
     */
    default boolean link(final Directory from, final String name) throws IOException {
        return false;
    }

    /** Whether a file has more names than this one, as far as is known. */
    default boolean isLinked(final String name) throws IOException {
        return false;
    }

    /**
     * When a file was written last, in milliseconds since the epoch; {@link Long#MAX_VALUE}: it is
     * not known.
     */
    default long modifiedMs(final String name) throws IOException {
        return Long.MAX_VALUE;
    }

    /** Bytes for which there is room, as far as is known: less is certainly too little. */
    default long usableBytes() throws IOException {
        return Long.MAX_VALUE;
    }

    /**
     * Whether an error means that there is no room.
     *
     * @param e from creating, writing or syncing the file.
     * @param name of a file that is worth nothing; it is not left as it was.
     */
    default boolean isNoRoom(final IOException e, final String name) {
        return e instanceof NoRoomException;
    }

    /** The directory as people would write it. */
    String describe();
}
