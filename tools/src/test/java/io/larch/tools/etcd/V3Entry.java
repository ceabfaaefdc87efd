package io.larch.tools.etcd;

/** Entries of the log that ask by the v3 API. */
final class V3Entry {
    private V3Entry() {}

    static byte[] request(final int field, final Message message) {
        return new Message()
                .bytes(100, new Message().number(1, 9).toBytes())
                .bytes(field, message.toBytes())
                .toBytes();
    }

    static Message put(final String key, final String value) {
        return new Message().text(1, key).text(2, value);
    }

    static Message put(final String key, final String value, final long lease) {
        return put(key, value).number(3, lease);
    }

    static Message delete(final String key, final String end) {
        return new Message().text(1, key).text(2, end);
    }

    /** Of an operation in a transaction: 2 of a put, 3 of a deletion, 4 of a transaction. */
    static byte[] operation(final int kind, final Message request) {
        return new Message().bytes(kind, request.toBytes()).toBytes();
    }

    /**
     * A comparison.
     *
     * @param result 0 equal, 1 greater, 2 less, 3 not equal.
     * @param target 0 version, 1 created, 2 modified, 4 lease.
     */
    static byte[] compare(final String key, final int target, final int result, final long number) {
        final int field = target == 4 ? 8 : 4 + target;
        return new Message()
                .number(1, result)
                .number(2, target)
                .text(3, key)
                .number(field, number)
                .toBytes();
    }

    static byte[] compareValue(final String key, final int result, final String value) {
        return new Message().number(1, result).number(2, 3).text(3, key).text(7, value).toBytes();
    }

    static Message grant(final long id, final long ttl) {
        return new Message().number(1, ttl).number(2, id);
    }

    static Message id(final long id) {
        return new Message().number(1, id);
    }
}
