package io.larch.engine.raft.driver;

import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.SimNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The state machine of the driver: the names applied, and which of them were proposed here. */
final class Names implements SimNode.Machine {
    private final Set<String> proposed = new HashSet<>();
    private final List<Object> acknowledged = new ArrayList<>();
    private List<String> data = new ArrayList<>();

    void proposed(final String name) {
        proposed.add(name);
    }

    /** The proposal was refused. */
    void withdraw(final String name) {
        proposed.remove(name);
    }

    List<String> data() {
        return data;
    }

    /** What was acknowledged since this was asked last. */
    List<Object> takeAcknowledged() {
        final List<Object> taken = new ArrayList<>(acknowledged);
        acknowledged.clear();
        return taken;
    }

    /** The process died: nobody waits for an answer any more. */
    void forget() {
        proposed.clear();
        acknowledged.clear();
    }

    @Override
    public void apply(final long index, final long term, final byte kind, final byte[] body) {
        final String name = Bodies.shown(kind, body);
        if (kind == EntryKind.COMMAND) {
            data.add(name);
        }
        if (kind != EntryKind.NOOP && proposed.remove(name)) {
            acknowledged.add(List.of(name, index));
        }
    }

    @Override
    public Object take() {
        return List.copyOf(data);
    }

    @Override
    public void restore(final Object state) {
        data = new ArrayList<>();
        if (state != null) {
            ((List<?>) state).forEach(name -> data.add(name.toString()));
        }
    }
}
