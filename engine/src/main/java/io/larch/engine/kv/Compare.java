package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.mvcc.KeyRange;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.RangeCursor;
import io.larch.engine.mvcc.Step;
import org.agrona.DirectBuffer;

/**
 * A Compare of a transaction, to be filled again and again. A key that is not there compares as one
 * whose numbers are all 0, and by its value never. Of a range all keys have to agree; an empty one
 * is like a missing key.
 */
final class Compare {
    private static final int EQUAL = 0;
    private static final int GREATER = 1;
    private static final int LESS = 2;
    private static final int NOT_EQUAL = 3;

    private static final int VERSION = 0;
    private static final int CREATE = 1;
    private static final int MOD = 2;
    private static final int VALUE = 3;
    private static final int LEASE = 4;

    /** The fields of what is compared with begin here, in the order of the targets. */
    private static final int FIRST_UNION_FIELD = 4;

    private static final int RANGE_END_FIELD = 64;

    private final KeyRange range = new KeyRange();
    private final KeyVersion version = new KeyVersion();
    private final MvccStore store;
    private final LookLimit looks;
    private final RangeCursor cursor;
    private DirectBuffer buffer;
    private int result;
    private int target;
    private int unionField;
    private long number;
    private int valueOffset;
    private int valueLength;

    Compare(final MvccStore store, final LookLimit looks) {
        this.store = store;
        this.looks = looks;
        cursor = new RangeCursor(store);
    }

    /**
     * Whether the next message of a reader holds, as the store is now. Means nothing when the limit
     * is passed by then.
     */
    boolean holds(final ProtoReader reader) {
        if (!read(reader) || !looks.allowsMore()) {
            return false;
        }
        if (range.isSingleKey()) {
            return store.get(range.key(), 0, range.key().capacity(), MvccStore.NEWEST, version)
                    ? agrees(version)
                    : agreesWithNothing();
        }
        cursor.open(range, MvccStore.NEWEST).allow(looks.steps());
        Step step = cursor.next(version);
        boolean holds = step == Step.FOUND || agreesWithNothing();
        while (holds && step == Step.FOUND) {
            holds = agrees(version);
            step = holds ? cursor.next(version) : step;
        }
        looks.add(cursor.held());
        if (step == Step.PAUSED) {
            looks.pass();
        }
        return holds;
    }

    private boolean read(final ProtoReader reader) {
        int keyOffset = 0;
        int keyLength = 0;
        int endOffset = 0;
        int endLength = 0;
        buffer = null;
        result = EQUAL;
        target = VERSION;
        unionField = 0;
        number = 0;
        valueOffset = 0;
        valueLength = 0;
        while (reader.next()) {
            buffer = reader.buffer();
            switch (reader.field()) {
                case 1 -> result = (int) reader.number();
                case 2 -> target = (int) reader.number();
                case 3 -> {
                    keyOffset = reader.offset();
                    keyLength = reader.length();
                }
                case 4, 5, 6, 8 -> {
                    unionField = reader.field();
                    number = reader.number();
                }
                case 7 -> {
                    unionField = reader.field();
                    valueOffset = reader.offset();
                    valueLength = reader.length();
                }
                case RANGE_END_FIELD -> {
                    endLength = reader.length();
                    endOffset = endLength == 0 ? 0 : reader.offset();
                }
                default -> {
                    // Of no meaning here.
                }
            }
        }
        if (reader.isBroken() || keyLength == 0) {
            return false;
        }
        if (unionField != FIRST_UNION_FIELD + target) {
            // Compared with something else than it says: with nothing.
            number = 0;
            valueLength = 0;
        }
        range.set(buffer, keyOffset, keyLength, buffer, endOffset, endLength);
        return true;
    }

    private boolean agreesWithNothing() {
        return target != VALUE && agrees(Long.compare(0, number));
    }

    private boolean agrees(final KeyVersion found) {
        return agrees(
                switch (target) {
                    case VERSION -> Long.compare(found.version(), number);
                    case CREATE -> Long.compare(found.createRevision(), number);
                    case MOD -> Long.compare(found.modRevision(), number);
                    case VALUE -> compareValue(found);
                    case LEASE -> Long.compare(found.lease(), number);
                    default -> 0;
                });
    }

    private boolean agrees(final int order) {
        return switch (result) {
            case EQUAL -> order == 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case NOT_EQUAL -> order != 0;
            default -> true;
        };
    }

    private int compareValue(final KeyVersion found) {
        return ByteOrderings.compare(
                found.buffer(),
                found.valueOffset(),
                found.valueLength(),
                buffer,
                valueOffset,
                valueLength);
    }
}
