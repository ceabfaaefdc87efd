package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests of the v3 API as values, for tests: to be drawn, written, read back from the log, and
 * asked of {@link ReferenceKv}. Keys and values are texts of one byte a character.
 */
public final class KvRequest {
    private KvRequest() {}

    public record Range(
            String key,
            String end,
            long limit,
            long revision,
            int order,
            int target,
            boolean keysOnly,
            boolean countOnly,
            long minMod,
            long maxMod,
            long minCreate,
            long maxCreate) {
        public ProtoMessage encode() {
            return message()
                    .text(1, key)
                    .text(2, end)
                    .number(3, limit)
                    .number(4, revision)
                    .number(5, order)
                    .number(6, target)
                    .flag(8, keysOnly)
                    .flag(9, countOnly)
                    .number(10, minMod)
                    .number(11, maxMod)
                    .number(12, minCreate)
                    .number(13, maxCreate);
        }
    }

    public record Put(
            String key,
            String value,
            long lease,
            boolean prevKv,
            boolean ignoreValue,
            boolean ignoreLease) {
        public ProtoMessage encode() {
            return message()
                    .text(1, key)
                    .text(2, value)
                    .number(3, lease)
                    .flag(4, prevKv)
                    .flag(5, ignoreValue)
                    .flag(6, ignoreLease);
        }
    }

    public record Delete(String key, String end, boolean prevKv) {
        public ProtoMessage encode() {
            return message().text(1, key).text(2, end).flag(3, prevKv);
        }
    }

    /**
     * @param number what it is compared with, unless the target is the value.
     */
    public record Compare(
            String key, String end, int result, int target, long number, String value) {
        public ProtoMessage encode() {
            final ProtoMessage message = message().number(1, result).number(2, target).text(3, key);
            switch (target) {
                case 0 -> message.number(4, number);
                case 1 -> message.number(5, number);
                case 2 -> message.number(6, number);
                case 3 -> message.text(7, value);
                default -> message.number(8, number);
            }
            return message.text(64, end);
        }
    }

    /** Operations are of the other records. */
    public record Txn(List<Compare> compares, List<Object> success, List<Object> failure) {
        public ProtoMessage encode() {
            final ProtoMessage message = message();
            compares.forEach(compare -> message.element(1, compare.encode()));
            success.forEach(op -> message.element(2, encode(op)));
            failure.forEach(op -> message.element(3, encode(op)));
            return message;
        }

        private static ProtoMessage encode(final Object op) {
            if (op instanceof Range range) {
                return message().element(1, range.encode());
            }
            if (op instanceof Put put) {
                return message().element(2, put.encode());
            }
            if (op instanceof Delete delete) {
                return message().element(3, delete.encode());
            }
            return message().element(4, ((Txn) op).encode());
        }
    }

    // --- read back ---

    private static String text(final byte[] message, final int field) {
        final byte[] bytes = ProtoMessage.bytes(message, field, 0);
        return bytes == null ? "" : ProtoMessage.text(bytes);
    }

    private static boolean flag(final byte[] message, final int field) {
        return ProtoMessage.number(message, field) != 0;
    }

    static Range range(final byte[] body) {
        return new Range(
                text(body, 1),
                text(body, 2),
                ProtoMessage.number(body, 3),
                ProtoMessage.number(body, 4),
                (int) ProtoMessage.number(body, 5),
                (int) ProtoMessage.number(body, 6),
                flag(body, 8),
                flag(body, 9),
                ProtoMessage.number(body, 10),
                ProtoMessage.number(body, 11),
                ProtoMessage.number(body, 12),
                ProtoMessage.number(body, 13));
    }

    static Put put(final byte[] body) {
        return new Put(
                text(body, 1),
                text(body, 2),
                ProtoMessage.number(body, 3),
                flag(body, 4),
                flag(body, 5),
                flag(body, 6));
    }

    static Delete delete(final byte[] body) {
        return new Delete(text(body, 1), text(body, 2), flag(body, 3));
    }

    private static Compare compare(final byte[] body) {
        final int target = (int) ProtoMessage.number(body, 2);
        final int field =
                switch (target) {
                    case 0 -> 4;
                    case 1 -> 5;
                    case 2 -> 6;
                    default -> 8;
                };
        return new Compare(
                text(body, 3),
                text(body, 64),
                (int) ProtoMessage.number(body, 1),
                target,
                target == 3 ? 0 : ProtoMessage.number(body, field),
                target == 3 ? text(body, 7) : "");
    }

    static Txn txn(final byte[] body) {
        final List<Compare> compares = new ArrayList<>();
        for (int i = 0; i < ProtoMessage.count(body, 1); i++) {
            compares.add(compare(ProtoMessage.bytes(body, 1, i)));
        }
        return new Txn(compares, branch(body, 2), branch(body, 3));
    }

    private static List<Object> branch(final byte[] body, final int field) {
        final List<Object> branch = new ArrayList<>();
        for (int i = 0; i < ProtoMessage.count(body, field); i++) {
            final byte[] op = ProtoMessage.bytes(body, field, i);
            if (ProtoMessage.count(op, 1) > 0) {
                branch.add(range(ProtoMessage.bytes(op, 1, 0)));
            } else if (ProtoMessage.count(op, 2) > 0) {
                branch.add(put(ProtoMessage.bytes(op, 2, 0)));
            } else if (ProtoMessage.count(op, 3) > 0) {
                branch.add(delete(ProtoMessage.bytes(op, 3, 0)));
            } else {
                branch.add(txn(ProtoMessage.bytes(op, 4, 0)));
            }
        }
        return branch;
    }
}
