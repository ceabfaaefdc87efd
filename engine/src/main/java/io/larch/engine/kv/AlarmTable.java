package io.larch.engine.kv;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The alarms that are raised, in the order of members and kinds. */
final class AlarmTable {
    /** Kinds, as in AlarmType. */
    static final int NONE = 0;

    static final int NO_SPACE = 1;

    /** More than these nobody raises but the engine, once for each member. */
    static final int MAX_COUNT = 1024;

    private static final Comparator<Alarm> ORDER =
            Comparator.comparing(Alarm::memberId, Long::compareUnsigned).thenComparing(Alarm::kind);

    private final List<Alarm> alarms = new ArrayList<>();

    /**
     * One alarm.
     *
     * @param isOwn whether the engine has raised it by itself, and ends it by itself.
     */
    record Alarm(long memberId, int kind, boolean isOwn) {}

    boolean isEmpty() {
        return alarms.isEmpty();
    }

    /** Raises an alarm, unless it is raised already. */
    void raise(final long memberId, final int kind, final boolean isOwn) {
        if (!isRaised(memberId, kind)) {
            alarms.add(new Alarm(memberId, kind, isOwn));
            alarms.sort(ORDER);
        }
    }

    /** Ends an alarm. Returns whether there was one. */
    boolean end(final long memberId, final int kind) {
        return alarms.removeIf(alarm -> alarm.memberId == memberId && alarm.kind == kind);
    }

    /** Whether a client may not raise one more. */
    boolean isFull() {
        return alarms.size() >= MAX_COUNT;
    }

    boolean isRaised(final long memberId, final int kind) {
        return alarms.stream().anyMatch(alarm -> alarm.memberId == memberId && alarm.kind == kind);
    }

    /** Whether any member is said to have no space. */
    boolean hasNoSpace() {
        for (int i = 0; i < alarms.size(); i++) {
            if (alarms.get(i).kind == NO_SPACE) {
                return true;
            }
        }
        return false;
    }

    /** An alarm that says that there is no space, raised by the engine itself; null: none is. */
    Alarm ownNoSpace() {
        for (final Alarm alarm : alarms) {
            if (alarm.kind == NO_SPACE && alarm.isOwn) {
                return alarm;
            }
        }
        return null;
    }

    List<Alarm> all() {
        return List.copyOf(alarms);
    }
}
