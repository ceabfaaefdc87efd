package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import java.io.IOException;
import java.util.List;

/** The v3 keys of a range at one moment, in their order. Not threadsafe. */
interface KvPicture {
    /** Of this moment. */
    long revision();

    /** The next key; null: that was all. */
    KvEntry next() throws IOException;

    /** Values of keys that were told, of this moment; the fewer the keys, the less memory. */
    List<byte[]> values(List<KvEntry> some) throws IOException;

    /** Whether there is a lease, which a key that names it hangs on. */
    boolean hasLease(long id);

    /**
     * To be called behind the last value that was read.
     *
     * @throws TransferException if these may be of another moment.
     */
    void refuseChanged() throws TransferException;
}
