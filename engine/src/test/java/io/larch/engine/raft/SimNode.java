package io.larch.engine.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One member without threads: a core, a simulated disk and a state machine, driven from outside. It
 * does what the engine does with a {@link Ready}, and nothing on its own.
 */
public final class SimNode {
    /** A core that wants more than this without hearing of anything wants it for ever. */
    private static final int MAX_TURNS = 1000;

    private final RaftConfig config;
    private final Machine machine;
    private final SimLogStorage log;
    private final ConfState initialConf;
    private final RaftMessage message = new RaftMessage();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final Queue<Packet> out = new ArrayDeque<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<Refusal> refused = new ArrayList<>();
    private final Ready.MessageHandler onMessage = this::send;
    private final Ready.ReadHandler onRead = (id, index) -> answers().add(new Answer(id, index));
    private final Ready.RefusalHandler onRefusal =
            (sequence, reason) -> refused().add(new Refusal(sequence, reason));
    private RaftCore core;
    private ConfState conf;
    private Snapshot snapshot;
    private Snapshot incoming;

    /** Of a snapshot that is to be loaded; 0 = none. */
    private long announced;

    private boolean isDiskManual;
    private boolean isApplyHeld;
    private boolean isInstallHeld;
    private Predicate<Packet> clogged = packet -> false;
    private final Queue<Packet> notSent = new ArrayDeque<>();
    private boolean wasRemoved;
    private int stepDowns;
    private Set<Rule> broken = Set.of();

    /** What a member makes of committed entries. */
    public interface Machine {
        void apply(long index, long term, byte kind, byte[] body);

        /** The state as of now; immutable. */
        Object take();

        /** Replaces the state; null = that of a new member. */
        void restore(Object state);
    }

    /** A state, durable. */
    public record Snapshot(long index, long term, ConfState conf, Object state) {}

    /** A message on the network; of a SNAPSHOT with what is streamed. */
    public record Packet(long from, long to, MessageType type, byte[] bytes, Snapshot snapshot) {}

    /** The answer to a read; -1 when it was lost. */
    public record Answer(long requestId, long index) {}

    /** A forwarded proposal that was refused. */
    public record Refusal(long sequence, int reason) {}

    public SimNode(final RaftConfig config, final ConfState initialConf, final Machine machine) {
        this.config = config;
        this.initialConf = initialConf;
        this.machine = machine;
        log = new SimLogStorage();
        boot();
    }

    private void boot() {
        if (snapshot != null && log.term(snapshot.index()) != snapshot.term()) {
            // The crash came between the snapshot and the log: the snapshot wins.
            log.resetTo(snapshot.index(), snapshot.term());
            log.sync();
        }
        conf = snapshot == null ? initialConf : snapshot.conf();
        machine.restore(snapshot == null ? null : snapshot.state());
        final long applied = snapshot == null ? 0 : snapshot.index();
        core = new RaftCore(config, log, log.current().hardState(), conf, applied, broken);
    }

    /** Breaks rules, now and after restarts; to be called before anything else. */
    void breakRules(final Set<Rule> rules) {
        broken = rules;
        boot();
    }

    /** Starts from a given state instead of an empty disk. */
    public void load(
            final HardState hardState,
            final Snapshot loaded,
            final List<SimLogStorage.Entry> entries) {
        snapshot = loaded;
        log.load(
                hardState,
                loaded == null ? 0 : loaded.index(),
                loaded == null ? 0 : loaded.term(),
                entries);
        boot();
    }

    public RaftCore core() {
        return core;
    }

    public long id() {
        return config.id();
    }

    public SimLogStorage log() {
        return log;
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    public ConfState conf() {
        return conf;
    }

    /** Messages that have left. */
    public Queue<Packet> out() {
        return out;
    }

    /** Reads that were answered. */
    public List<Answer> answers() {
        return answers;
    }

    /** Forwarded proposals that were refused. */
    public List<Refusal> refused() {
        return refused;
    }

    public boolean wasRemoved() {
        return wasRemoved;
    }

    public int stepDowns() {
        return stepDowns;
    }

    public void diskManual(final boolean isManual) {
        isDiskManual = isManual;
        pump();
    }

    public void holdApply(final boolean isHeld) {
        isApplyHeld = isHeld;
        pump();
    }

    /** From now on snapshots are not loaded until they may be again. */
    public void holdInstall(final boolean isHeld) {
        isInstallHeld = isHeld;
        if (announced > 0) {
            install();
        }
        pump();
    }

    /** From now on messages for which this holds cannot be sent, and the core is told. */
    public void clog(final Predicate<Packet> predicate) {
        clogged = predicate;
    }

    public void tick() {
        core.tick();
        pump();
    }

    /** The clock advances by several ticks at once. */
    public void gap(final long ticks) {
        core.tick(ticks);
        pump();
    }

    public void unreachable(final long peer) {
        core.unreachable(peer);
        pump();
    }

    public void campaign() {
        core.campaign();
        pump();
    }

    public long propose(final byte[] body) {
        view.wrap(body);
        final long result = core.propose(view, 0, body.length);
        pump();
        return result;
    }

    public long proposeConfChange(final ConfChange change) {
        final long result = core.proposeConfChange(change);
        pump();
        return result;
    }

    public int readIndex(final long requestId) {
        final int result = core.readIndex(requestId);
        pump();
        return result;
    }

    public int transfer(final long target) {
        final int result = core.transferLeadership(target);
        pump();
        return result;
    }

    public void step(final Packet packet) {
        if (packet.type() == MessageType.SNAPSHOT && announced == 0) {
            incoming = packet.snapshot();
        }
        message.wrap(view(packet.bytes()), 0, packet.bytes().length);
        if (!RaftMessage.isWellFormed(view, 0, packet.bytes().length)) {
            throw new IllegalStateException("malformed " + packet.type());
        }
        core.step(message);
        pump();
    }

    private DirectBuffer view(final byte[] bytes) {
        view.wrap(bytes);
        return view;
    }

    /** What was written up to a position has reached the disk, and the core hears of it. */
    public void syncTo(final long position) {
        log.syncTo(position);
        core.persisted(log.durablePosition());
        pump();
    }

    public void sync() {
        syncTo(log.position());
    }

    /** The process dies; of what was not synced, the writes up to a position survive. */
    public void crash(final long keptPosition) {
        log.crash(keptPosition);
        announced = 0;
        out.clear();
        answers.clear();
        refused.clear();
        config.incarnation(config.incarnation() + 1);
        boot();
        pump();
    }

    public void crash() {
        crash(log.durablePosition());
    }

    /** Takes a snapshot of the applied state and forgets the log up to an index. */
    public void compact(final long throughIndex) {
        final long applied = core.appliedIndex();
        if (applied >= log.firstIndex()) {
            snapshot = new Snapshot(applied, log.term(applied), conf, machine.take());
        }
        if (snapshot != null) {
            log.compact(Math.min(throughIndex, snapshot.index()));
        }
        pump();
    }

    /** Does what the core wants until it wants nothing more. */
    public void pump() {
        boolean isBusy = true;
        for (int turns = 0; isBusy; turns++) {
            if (turns > MAX_TURNS) {
                throw new RaftInvariantError("does not come to rest");
            }
            isBusy = false;
            if (!isDiskManual && log.durablePosition() < log.position()) {
                log.sync();
                core.persisted(log.durablePosition());
            }
            if (core.hasReady()) {
                isBusy = drain(core.ready());
                core.advance();
            }
            isBusy |= !isDiskManual && log.durablePosition() < log.position();
        }
    }

    private boolean drain(final Ready ready) {
        final int sent = ready.forEachMessage(onMessage);
        final int reads = ready.forEachRead(onRead);
        final int refusals = ready.forEachRefusal(onRefusal);
        boolean isBusy = sent - notSent.size() + reads + refusals > 0;
        for (Packet packet = notSent.poll(); packet != null; packet = notSent.poll()) {
            core.notSent(new RaftMessage().wrap(view(packet.bytes()), 0, packet.bytes().length));
        }
        wasRemoved |= ready.removed();
        stepDowns += ready.steppedDown() ? 1 : 0;
        if (ready.hasSnapshot()) {
            announced = ready.snapshotIndex();
        }
        if (announced > 0) {
            isBusy |= install();
        } else if (ready.lastCommitted() >= ready.firstCommitted() && !isApplyHeld) {
            apply(ready.firstCommitted(), ready.lastCommitted());
            isBusy = true;
        }
        return isBusy;
    }

    private boolean install() {
        if (isInstallHeld) {
            return false;
        }
        if (incoming.index() != announced) {
            throw new IllegalStateException("another snapshot than announced");
        }
        announced = 0;
        snapshot = incoming;
        conf = snapshot.conf();
        machine.restore(snapshot.state());
        core.snapshotInstalled(snapshot.index(), snapshot.term(), conf);
        return true;
    }

    private void apply(final long first, final long last) {
        for (long index = first; index <= last; index++) {
            final SimLogStorage.Entry entry = log.current().entry(index);
            machine.apply(index, entry.term(), entry.kind(), entry.body());
            if (entry.kind() == EntryKind.CONF_CHANGE) {
                conf = core.applyConfChange(ConfChange.decode(new UnsafeBuffer(entry.body()), 0));
            }
            core.applied(index);
        }
    }

    private void send(final RaftMessage sent) {
        if (sent.type() == MessageType.SNAPSHOT) {
            sendSnapshot(sent);
            return;
        }
        final byte[] bytes = new byte[sent.length()];
        sent.buffer().getBytes(0, bytes);
        final Packet packet = new Packet(sent.from(), sent.to(), sent.type(), bytes, null);
        (clogged.test(packet) ? notSent : out).add(packet);
    }

    private void sendSnapshot(final RaftMessage sent) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final RaftConfig receiver = new RaftConfig().id(sent.to()).clusterId(config.clusterId());
        final int length =
                RaftMessage.encodeSnapshot(
                        buffer,
                        0,
                        receiver,
                        id(),
                        sent.term(),
                        snapshot.index(),
                        snapshot.term(),
                        snapshot.conf());
        final byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        out.add(new Packet(id(), sent.to(), MessageType.SNAPSHOT, bytes, snapshot));
    }
}
