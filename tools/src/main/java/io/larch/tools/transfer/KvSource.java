package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/** Where v3 keys come from. Used by one thread. */
public interface KvSource {
    /** Whose keys these are, by its id. */
    String cluster() throws IOException;

    /** Of the last change. */
    long revision() throws IOException;

    /** All keys of a range at one moment, with their values unless these are in files. */
    KvPicture picture(KvRange range) throws IOException;

    /** Ids of all leases that there are. */
    Set<Long> leases() throws IOException;

    /** The time that a lease was granted, in seconds; 0: it has ended. */
    long grantedSeconds(long lease) throws IOException;

    /** Whether a key whose lease has ended goes on without it, and does not end with it. */
    boolean hasOutlivedLease(KvEntry entry) throws IOException;

    /**
     * What becomes of a range behind a revision. The caller closes it.
     *
     * @param quiet after such a time without a change it is asked whether there is none.
     */
    KvWatch watch(KvRange range, long afterRevision, Duration quiet);
}
