package io.larch.engine.kv.watch;

import io.larch.engine.codec.kv.ProtoReader;

/** A WatchCreateRequest, as far as it is of meaning here. */
public final class WatchRequest {
    private static final byte[] EMPTY = {};
    private static final byte[] ZERO = {0};
    private static final int NO_PUT = 0;
    private static final int NO_DELETE = 1;

    private byte[] start = EMPTY;
    private byte[] end = EMPTY;
    private long startRevision;
    private boolean wantsPut = true;
    private boolean wantsDelete = true;
    private boolean wantsPrevious;

    private WatchRequest() {}

    /** Reads one; what is not one is taken as far as it goes. */
    public static WatchRequest read(final ProtoReader reader) {
        final WatchRequest request = new WatchRequest();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> request.start = bytes(reader);
                case 2 -> request.end = bytes(reader);
                case 3 -> request.startRevision = reader.number();
                case 5 -> request.filters(reader);
                case 6 -> request.wantsPrevious = reader.flag();
                default -> {
                    // The edge's.
                }
            }
        }
        if (request.start.length == 0) {
            request.start = ZERO;
        }
        return request;
    }

    private static byte[] bytes(final ProtoReader reader) {
        final byte[] bytes = new byte[reader.length()];
        if (bytes.length > 0) {
            reader.buffer().getBytes(reader.offset(), bytes);
        }
        return bytes;
    }

    /** One by one, or packed. */
    private void filters(final ProtoReader reader) {
        if (reader.is(ProtoReader.BYTES)) {
            for (int i = 0; i < reader.length(); i++) {
                filter(reader.buffer().getByte(reader.offset() + i));
            }
        } else {
            filter(reader.number());
        }
    }

    private void filter(final long filter) {
        wantsPut &= filter != NO_PUT;
        wantsDelete &= filter != NO_DELETE;
    }

    /** The first key; not empty. */
    byte[] start() {
        return start;
    }

    /** Empty: one key; a zero byte: all from the first on; else exclusive. */
    byte[] end() {
        return end;
    }

    /** 0: from now on. */
    long startRevision() {
        return startRevision;
    }

    boolean wantsPut() {
        return wantsPut;
    }

    boolean wantsDelete() {
        return wantsDelete;
    }

    boolean wantsPrevious() {
        return wantsPrevious;
    }
}
