package io.larch.tools.transfer;

import java.io.IOException;

/** Where keys come from. */
public interface Source {
    /** Whose keys these are, by its id; empty: it has none. */
    String cluster() throws IOException;

    /** Of the last change. */
    long index() throws IOException;

    /** All entries below the prefix. The caller closes it. */
    Picture picture(TransferOptions options) throws IOException;

    /** Changes behind an index. */
    V2Watch watch(TransferOptions options, long afterIndex);
}
