package io.larch.engine.raft.driver;

import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.SimLogStorage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Entries and memberships as the protocol shows them. */
final class Bodies {
    /** Names are padded to this, so that a bound in bytes is a bound in entries. */
    static final int LENGTH = 64;

    private Bodies() {}

    static byte[] data(final String name) {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, Math.max(LENGTH, bytes.length));
    }

    static String name(final byte[] body) {
        int length = body.length;
        while (length > 0 && body[length - 1] == 0) {
            length--;
        }
        return new String(body, 0, length, StandardCharsets.UTF_8);
    }

    /** The change that a text like {@code +4 -3 ~5 explicit} means. */
    static ConfChange change(final String text) {
        ConfChange.Transition transition = ConfChange.Transition.AUTO;
        final List<ConfChange.Step> steps = new ArrayList<>();
        for (final String word : text.trim().split("\\s+")) {
            if (word.equals("leave")) {
                transition = ConfChange.Transition.LEAVE;
            } else if (word.equals("explicit")) {
                transition = ConfChange.Transition.EXPLICIT;
            } else {
                steps.add(new ConfChange.Step(op(word), Long.parseLong(word.substring(1))));
            }
        }
        return new ConfChange(transition, steps, text.getBytes(StandardCharsets.UTF_8));
    }

    private static ConfChange.Op op(final String word) {
        return switch (word.charAt(0)) {
            case '+' -> ConfChange.Op.ADD_VOTER;
            case '-' -> ConfChange.Op.REMOVE;
            case '~' -> ConfChange.Op.ADD_LEARNER;
            case '_' -> ConfChange.Op.ADD_HELD_LEARNER;
            case '^' -> ConfChange.Op.PROMOTE;
            default -> throw new IllegalArgumentException("not a change: " + word);
        };
    }

    static byte[] encoded(final ConfChange change) {
        final byte[] body = new byte[change.encodedLength()];
        change.encode(new UnsafeBuffer(body), 0);
        return body;
    }

    static String text(final byte[] conf) {
        final ConfChange change = ConfChange.decode(new UnsafeBuffer(conf), 0);
        final String text = new String(change.context(), StandardCharsets.UTF_8);
        return text.isEmpty() && change.transition() == ConfChange.Transition.LEAVE
                ? "leave"
                : text;
    }

    static byte kind(final String letter) {
        return switch (letter) {
            case "n" -> EntryKind.NOOP;
            case "d" -> EntryKind.COMMAND;
            case "c" -> EntryKind.CONF_CHANGE;
            default -> throw new IllegalArgumentException("not a kind: " + letter);
        };
    }

    static String letter(final byte kind) {
        return kind == EntryKind.NOOP ? "n" : kind == EntryKind.COMMAND ? "d" : "c";
    }

    static byte[] body(final byte kind, final String data) {
        return switch (kind) {
            case EntryKind.COMMAND -> data(data);
            case EntryKind.CONF_CHANGE -> encoded(change(data));
            default -> new byte[0];
        };
    }

    static String shown(final byte kind, final byte[] body) {
        return switch (kind) {
            case EntryKind.COMMAND -> name(body);
            case EntryKind.CONF_CHANGE -> text(body);
            default -> "";
        };
    }

    /** An entry from {@code [term,kind,data]}. */
    static SimLogStorage.Entry entry(final Object shown) {
        final List<?> parts = (List<?>) shown;
        final byte kind = kind((String) parts.get(1));
        final Object data = parts.size() > 2 ? parts.get(2) : null;
        return new SimLogStorage.Entry(
                ((Number) parts.get(0)).longValue(),
                kind,
                body(kind, data == null ? "" : data.toString()));
    }

    static List<Object> shown(final SimLogStorage.Entry entry) {
        return List.of(entry.term(), letter(entry.kind()), shown(entry.kind(), entry.body()));
    }

    static ConfState conf(final Object shown) {
        final List<?> parts = (List<?>) shown;
        return new ConfState(
                ids(parts, 0), ids(parts, 1), ids(parts, 2), ids(parts, 3), isSet(parts, 4));
    }

    private static boolean isSet(final List<?> parts, final int i) {
        return parts.size() > i && Boolean.TRUE.equals(parts.get(i));
    }

    private static long[] ids(final List<?> parts, final int i) {
        if (parts.size() <= i || parts.get(i) == null) {
            return new long[0];
        }
        return ((List<?>) parts.get(i))
                .stream().mapToLong(id -> ((Number) id).longValue()).toArray();
    }

    static List<Object> shown(final ConfState conf) {
        return List.of(
                list(conf.voters()),
                list(conf.votersOutgoing()),
                list(conf.learners()),
                list(conf.learnersNext()),
                conf.autoLeave());
    }

    private static List<Long> list(final long[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
