package io.larch.tools.etcd;

import io.larch.engine.codec.kv.ProtoReader;
import org.agrona.DirectBuffer;

/**
 * A request of the v2 API as the log has it: etcdserverpb.Request. Texts are {@link RawText}.
 *
 * @param method PUT, POST, DELETE, QGET or SYNC.
 * @param path with {@code /1} before those of clients.
 * @param hasPreviousExist whether something was said of it.
 * @param expirationNanos since 1970; 0: no TTL.
 * @param timeNanos of a SYNC: what has expired by then goes.
 */
record Request(
        String method,
        String path,
        String value,
        boolean isDirectory,
        String previousValue,
        long previousIndex,
        boolean hasPreviousExist,
        boolean previousExist,
        long expirationNanos,
        boolean isRecursive,
        long timeNanos,
        boolean isRefresh) {

    /** Null: this is none. */
    static Request of(final DirectBuffer buffer, final int offset, final int length) {
        final ProtoReader fields = new ProtoReader().wrap(buffer, offset, length);
        String method = "";
        String path = "";
        String value = "";
        String previousValue = "";
        boolean isDirectory = false;
        long previousIndex = 0;
        boolean hasPreviousExist = false;
        boolean previousExist = false;
        long expirationNanos = 0;
        boolean isRecursive = false;
        long timeNanos = 0;
        boolean isRefresh = false;
        while (fields.next()) {
            if (fields.field() >= 2
                    && fields.field() <= 17
                    && fields.is(ProtoReader.BYTES) != isText(fields.field())) {
                return null;
            }
            switch (fields.field()) {
                case 2 -> method = text(fields);
                case 3 -> path = text(fields);
                case 4 -> value = text(fields);
                case 5 -> isDirectory = fields.flag();
                case 6 -> previousValue = text(fields);
                case 7 -> previousIndex = fields.number();
                case 8 -> {
                    hasPreviousExist = true;
                    previousExist = fields.flag();
                }
                case 9 -> expirationNanos = fields.number();
                case 12 -> isRecursive = fields.flag();
                case 15 -> timeNanos = fields.number();
                case 17 -> isRefresh = fields.flag();
                default -> {
                    // 1: its name, by which who asked waits; others are of reads.
                }
            }
        }
        return fields.isBroken()
                ? null
                : new Request(
                        method,
                        path,
                        value,
                        isDirectory,
                        previousValue,
                        previousIndex,
                        hasPreviousExist,
                        previousExist,
                        expirationNanos,
                        isRecursive,
                        timeNanos,
                        isRefresh);
    }

    private static boolean isText(final int field) {
        return field == 2 || field == 3 || field == 4 || field == 6;
    }

    private static String text(final ProtoReader field) {
        return RawText.of(field.buffer(), field.offset(), field.length());
    }

    Ttl ttl() {
        return new Ttl(expirationNanos == 0 ? StoredNode.NEVER : expirationNanos, isRefresh);
    }

    /** Whether it compares with what is there. */
    boolean isConditional() {
        return previousIndex != 0 || !previousValue.isEmpty();
    }

    /** Whether it changes nothing, whatever is there. */
    boolean isRead() {
        return method.equals("QGET");
    }
}
