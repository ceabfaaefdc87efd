package io.larch.engine.peer;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.Member;
import io.larch.engine.member.Membership;
import io.larch.engine.port.PeerContact;
import io.larch.engine.port.PeerHandler;
import io.larch.engine.port.PeerTransport;
import io.larch.engine.port.SnapshotSink;
import io.larch.engine.port.SnapshotSource;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.raft.RaftMessage;
import io.larch.engine.raft.Ready;
import io.larch.engine.snapshot.SnapshotScheduler;
import io.larch.engine.stats.EngineStats;
import io.larch.engine.wal.DiskFullException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;

/**
 * Stands between the Raft core and the {@link PeerTransport}: carries messages both ways, and keeps
 * the connections those of the membership. Owned by the engine thread.
 */
public final class Peers implements PeerHandler {
    private static final int POLL_LIMIT = 256;

    /**
     * A removed peer is still told so when it asks, and one that is not known yet is answered;
     * after so long a silence they are forgotten.
     */
    private static final int ELECTIONS_UNTIL_FORGOTTEN = 30;

    /** Peers outside of the membership; more are left without an answer. */
    public static final int MAX_OUTSIDERS = 16;

    /** A full disk drops many messages; one line tells of them. */
    private static final long DISK_FULL_LOG_INTERVAL_NANOS = 10_000_000_000L;

    private static final long NEVER = Long.MIN_VALUE;

    private final Long2ObjectHashMap<List<String>> connected = new Long2ObjectHashMap<>();
    private final Long2LongHashMap forgetNanos = new Long2LongHashMap(NEVER);
    private final Long2ObjectHashMap<List<String>> strangers = new Long2ObjectHashMap<>();
    private final LongHashSet unreachable = new LongHashSet();
    private final ExpandableArrayBuffer unsent = new ExpandableArrayBuffer(4096);
    private final RaftMessage unsentMessage = new RaftMessage();
    private final Ready.MessageHandler sender = this::send;
    private final EngineContext context;
    private final PeerTransport transport;
    private final RaftCore raft;
    private final ClusterState cluster;
    private final Consumer<RaftMessage> onForwardNotSent;
    private final SnapshotScheduler snapshots;
    private final PeerClocks clocks;
    private final EngineStats stats;
    private final EngineLog log;
    private final LeaderWait leaderWait;
    private long nextDiskFullLogNanos;
    private long nextForgetNanos;
    private int unsentCount;
    private long nowNanos;
    private List<String> toldUrls = List.of();
    private boolean isOpen;
    private boolean hasMet;

    public Peers(
            final EngineContext context,
            final RaftCore raft,
            final ClusterState cluster,
            final Consumer<RaftMessage> onForwardNotSent,
            final SnapshotScheduler snapshots,
            final PeerClocks clocks,
            final EngineStats stats,
            final EngineLog log) {
        this.context = context;
        transport = context.transport();
        nextDiskFullLogNanos = context.nanoTime().getAsLong();
        nextForgetNanos = nextDiskFullLogNanos;
        this.raft = raft;
        this.cluster = cluster;
        this.onForwardNotSent = onForwardNotSent;
        this.snapshots = snapshots;
        this.clocks = clocks;
        this.stats = stats;
        this.log = log;
        leaderWait =
                new LeaderWait(
                        () -> cluster.present(transport.contacts()),
                        this::nameOf,
                        () -> raft.conf().voters().length,
                        log::noLeader);
    }

    public void open(final long incarnation, final SnapshotSink sink) {
        transport.open(
                context.clusterId(), context.memberId(), incarnation, context.peerUrls(), sink);
        toldUrls = context.peerUrls();
        isOpen = true;
        membershipChanged();
        if (!hasMet && !cluster.membership().removedIds().isEmpty()) {
            // One that was away when it was removed may come back and has to be told.
            hasMet = true;
            transport.start();
        }
    }

    /** Whether a peer could not be reached, and was not heard since. */
    public boolean isUnreachable(final long peerId) {
        return unreachable.contains(peerId);
    }

    /** Whether nobody is there to talk to, nor was: who was may come back and ask. */
    public boolean isEmpty() {
        return !hasMet;
    }

    /**
     * Connects to all that belong to the cluster. One that does not know its cluster yet keeps to
     * those it was told of, until it learns that they were removed.
     */
    public void membershipChanged() {
        if (!isOpen) {
            return;
        }
        final Membership membership = cluster.membership();
        membership.member(context.memberId()).map(Member::peerUrls).ifPresent(this::tell);
        membership.members().forEach(this::connect);
        if (membership.member(context.memberId()).isEmpty()) {
            context.founders().stream()
                    .filter(m -> membership.member(m.id()).isEmpty())
                    .forEach(this::connect);
        }
        nowNanos = context.nanoTime().getAsLong();
        for (final long id : connected.keySet().stream().mapToLong(Long::longValue).toArray()) {
            if (membership.isRemoved(id) && forgetNanos.get(id) == NEVER) {
                forgetNanos.put(id, forgetAt());
                clocks.forget(id);
            }
        }
    }

    /** What the cluster was told since counts, not what the member was started with. */
    private void tell(final List<String> peerUrls) {
        if (!peerUrls.equals(toldUrls)) {
            toldUrls = peerUrls;
            transport.moved(peerUrls);
        }
    }

    private long forgetAt() {
        return nowNanos + ELECTIONS_UNTIL_FORGOTTEN * context.electionTimeoutMs() * 1_000_000L;
    }

    private void connect(final Member member) {
        if (member.id() == context.memberId() || cluster.membership().isRemoved(member.id())) {
            return;
        }
        forgetNanos.remove(member.id());
        if (!member.peerUrls().equals(connected.get(member.id()))) {
            connect(member.id(), member.peerUrls());
        }
    }

    private void connect(final long id, final List<String> peerUrls) {
        hasMet = true;
        connected.put(id, peerUrls);
        transport.connect(id, peerUrls);
    }

    @Override
    public void onStranger(final long peerId, final List<String> peerUrls) {
        // The transport must not be called back now.
        if (peerId != context.memberId() && strangers.size() < MAX_OUTSIDERS) {
            strangers.put(peerId, peerUrls);
        }
    }

    /**
     * Answers those who know this member while it does not know them, or not where they are now:
     * they were added or moved while it was away, and it may learn of that from nobody else. The
     * removed are answered too, since they have to be told.
     */
    private void meetStrangers() {
        strangers.forEach(this::meet);
        strangers.clear();
    }

    private void meet(final long id, final List<String> peerUrls) {
        if (peerUrls.equals(connected.get(id))) {
            return;
        }
        if (!connected.containsKey(id)) {
            if (forgetNanos.size() >= MAX_OUTSIDERS) {
                return;
            }
            forgetNanos.put(id, forgetAt());
        }
        log.metStranger(id, peerUrls);
        connect(id, peerUrls);
    }

    private void forgetOutsiders() {
        for (final long id : connected.keySet().stream().mapToLong(Long::longValue).toArray()) {
            final long forgetAt = forgetNanos.get(id);
            if (forgetAt != NEVER && forgetAt - nowNanos <= 0) {
                forgetNanos.remove(id);
                connected.remove(id);
                unreachable.remove(id);
                transport.disconnect(id);
            }
        }
    }

    /** What a member calls itself, or is called by those who founded the cluster; or empty. */
    private String nameOf(final long id) {
        return Stream.concat(
                        cluster.membership().member(id).stream(),
                        context.founders().stream().filter(founder -> founder.id() == id))
                .map(Member::name)
                .filter(name -> !name.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Takes in what has arrived. */
    public int poll(final long now) {
        if (!hasMet && !transport.isListening()) {
            return 0;
        }
        nowNanos = now;
        if (!forgetNanos.isEmpty() && nextForgetNanos - nowNanos <= 0) {
            nextForgetNanos = nowNanos + context.electionTimeoutMs() * 1_000_000L;
            forgetOutsiders();
        }
        final int workCount = transport.poll(this, POLL_LIMIT);
        leaderWait.check(raft.leaderId(), nowNanos);
        if (!strangers.isEmpty()) {
            meetStrangers();
        }
        return workCount;
    }

    @Override
    public void onMessage(final RaftMessage message) {
        if (!unreachable.isEmpty()) {
            unreachable.remove(message.from());
        }
        if (!forgetNanos.isEmpty() && forgetNanos.containsKey(message.from())) {
            forgetNanos.put(message.from(), forgetAt());
        }
        stats.received(message, raft.isLeader(), nowNanos);
        if (message.type() == MessageType.HEARTBEAT_REPLY && raft.isLeader()) {
            clocks.heard(message);
        }
        final long termBefore = raft.term();
        try {
            raft.step(message);
        } catch (final DiskFullException e) {
            // What could not be written was not promised, so the message counts as lost. A term
            // that could not be written is another matter.
            if (raft.term() != termBefore) {
                throw e;
            }
            if (nextDiskFullLogNanos - nowNanos <= 0) {
                nextDiskFullLogNanos = nowNanos + DISK_FULL_LOG_INTERVAL_NANOS;
                log.diskFull(message.type().name());
            }
        }
    }

    /** Another member leads, or none. */
    public void roleChanged() {
        if (!raft.isLeader()) {
            clocks.clear();
        }
    }

    @Override
    public void onUnreachable(final long peerId) {
        raft.unreachable(peerId);
        unreachable.add(peerId);
        stats.unreachable(peerId);
    }

    @Override
    public void onSilent(final PeerContact peer) {
        if (!cluster.membership().isRemoved(peer.peerId())) {
            log.silent(nameOf(peer.peerId()), peer, context.epochNanos().getAsLong());
        }
    }

    @Override
    public void onSnapshotProgress(final long peerId) {
        raft.snapshotProgress(peerId);
    }

    @Override
    public void onSnapshotFailed(final long peerId) {
        log.sendingSnapshotFailed(peerId);
        raft.snapshotFailed(peerId);
    }

    /** Hands all that may leave to the transport. */
    public int send(final Ready ready) {
        unsentCount = 0;
        nowNanos = context.nanoTime().getAsLong();
        final int count = ready.forEachMessage(sender);
        for (int i = 0; i < unsentCount; i++) {
            raft.notSent(
                    unsentMessage.wrap(
                            unsent, i * RaftMessage.HEADER_LENGTH, RaftMessage.HEADER_LENGTH));
        }
        return count;
    }

    private void send(final RaftMessage message) {
        final MessageType type = message.type();
        if (type == MessageType.HEARTBEAT_REPLY) {
            message.wallMillis(clocks.wallMillis());
        }
        final boolean isTaken =
                type == MessageType.SNAPSHOT ? sendSnapshot(message) : transport.send(message);
        stats.sent(message, isTaken, nowNanos);
        if (isTaken) {
            return;
        }
        if (type == MessageType.APPEND || type == MessageType.SNAPSHOT) {
            unsent.putBytes(
                    unsentCount++ * RaftMessage.HEADER_LENGTH,
                    message.buffer(),
                    0,
                    RaftMessage.HEADER_LENGTH);
        } else if (type == MessageType.FORWARD) {
            onForwardNotSent.accept(message);
        }
    }

    /** The core asks again later when there is none to send. */
    private boolean sendSnapshot(final RaftMessage message) {
        if (!connected.containsKey(message.to())) {
            return false;
        }
        final SnapshotSource source = snapshots.openNewest(message.index());
        if (source == null) {
            return false;
        }
        log.sendingSnapshot(message.to(), source.lastIndex(), source.length());
        transport.sendSnapshot(message.to(), message.term(), source);
        return true;
    }

    /** Puts on the wire what was handed over; before the engine waits for its own disk. */
    public int flush() {
        return hasMet ? transport.flush() : 0;
    }

    /** When the transport has to be polled although nothing arrives. */
    public long nextDeadlineNanos(final long atNanos) {
        return transport.nextDeadlineNanos(atNanos);
    }

    public void close() {
        transport.close();
    }
}
