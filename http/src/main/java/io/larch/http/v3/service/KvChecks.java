package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;

/**
 * What etcd's API layer checks of single operations, alone or within transactions. Each goes
 * through the reader's message.
 *
 * <p>Not threadsafe.
 */
final class KvChecks {
    private boolean isSerializable;

    /** Of the range looked at last. */
    boolean isSerializable() {
        return isSerializable;
    }

    Refusal range(final ProtoReader range) {
        int keyLength = 0;
        long order = 0;
        long target = 0;
        isSerializable = false;
        while (range.next()) {
            switch (range.field()) {
                case Fields.Range.KEY -> keyLength = range.length();
                case Fields.Range.SORT_ORDER -> order = range.number();
                case Fields.Range.SORT_TARGET -> target = range.number();
                case Fields.Range.SERIALIZABLE -> isSerializable = range.flag();
                default -> {}
            }
        }
        if (range.isBroken()) {
            return Refusal.MALFORMED;
        }
        if (keyLength == 0) {
            return Refusal.KEY_NOT_PROVIDED;
        }
        return isUpTo(order, Fields.Range.MAX_SORT_ORDER)
                        && isUpTo(target, Fields.Range.MAX_SORT_TARGET)
                ? null
                : Refusal.INVALID_SORT_OPTION;
    }

    Refusal put(final ProtoReader put) {
        int keyLength = 0;
        int valueLength = 0;
        long lease = 0;
        boolean isValueIgnored = false;
        boolean isLeaseIgnored = false;
        while (put.next()) {
            switch (put.field()) {
                case Fields.Put.KEY -> keyLength = put.length();
                case Fields.Put.VALUE -> valueLength = put.length();
                case Fields.Put.LEASE -> lease = put.number();
                case Fields.Put.IGNORE_VALUE -> isValueIgnored = put.flag();
                case Fields.Put.IGNORE_LEASE -> isLeaseIgnored = put.flag();
                default -> {}
            }
        }
        if (put.isBroken()) {
            return Refusal.MALFORMED;
        }
        if (keyLength == 0) {
            return Refusal.KEY_NOT_PROVIDED;
        }
        if (isValueIgnored && valueLength != 0) {
            return Refusal.VALUE_PROVIDED;
        }
        return isLeaseIgnored && lease != 0 ? Refusal.LEASE_PROVIDED : null;
    }

    Refusal deleteRange(final ProtoReader delete) {
        int keyLength = 0;
        while (delete.next()) {
            if (delete.field() == Fields.DeleteRange.KEY) {
                keyLength = delete.length();
            }
        }
        if (delete.isBroken()) {
            return Refusal.MALFORMED;
        }
        return keyLength == 0 ? Refusal.KEY_NOT_PROVIDED : null;
    }

    Refusal compare(final ProtoReader compare) {
        int keyLength = 0;
        long result = 0;
        long target = 0;
        while (compare.next()) {
            switch (compare.field()) {
                case Fields.Compare.RESULT -> result = compare.number();
                case Fields.Compare.TARGET -> target = compare.number();
                case Fields.Compare.KEY -> keyLength = compare.length();
                default -> {}
            }
        }
        if (compare.isBroken()) {
            return Refusal.MALFORMED;
        }
        if (keyLength == 0) {
            return Refusal.KEY_NOT_PROVIDED;
        }
        return isUpTo(result, Fields.Compare.MAX_RESULT)
                        && isUpTo(target, Fields.Compare.MAX_TARGET)
                ? null
                : Refusal.UNKNOWN_VALUE;
    }

    static boolean isUpTo(final long value, final int max) {
        return value >= 0 && value <= max;
    }
}
