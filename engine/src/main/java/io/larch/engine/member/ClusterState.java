package io.larch.engine.member;

import io.larch.engine.port.PeerContact;
import io.larch.engine.port.Query.MemberChange.Op;
import io.larch.engine.port.QueryViews;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The membership as this member has applied it: who, where, and which cluster version. Part of the
 * replicated state; goes into every snapshot. Owned by the engine thread.
 *
 * <p>Encoded form, little endian: {@code version string, member count int, members, removed count
 * int, removed ids, level count int, {id long, feature level int}}; a member is {@code id long,
 * name string, peer URLs, client URLs}; a list is a count and strings, a string is a length and
 * UTF-8.
 *
 * <p>Each member tells with its publication which feature level it has; one that has not, or whose
 * build knows of no levels, has 0. What is encoded from before there were levels ends in front of
 * them, and builds from then do not look at them.
 *
 * <p>A member counts as started once it has published its name and votes: what a learner has
 * published is kept, but shown only then. One that stays a learner until it is promoted is shown as
 * what it is, with all that it has published.
 */
public final class ClusterState {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int MAX_LIST_LENGTH = 4096;

    /** Of those that stay so until they are promoted; as in etcd. */
    private static final int MAX_HELD_LEARNERS = 1;

    /** Until the first leader has set it. */
    public static final String NOT_DECIDED = "not_decided";

    private Membership membership;
    private String version = NOT_DECIDED;
    private final TreeMap<Long, Integer> levels = new TreeMap<>();
    private int featureLevel;
    private int levelChanges;

    public ClusterState(final long clusterId) {
        membership = new Membership(clusterId, List.of(), Set.of());
    }

    public Membership membership() {
        return membership;
    }

    /**
     * The feature level that every member has, voters and learners: what needs a higher one is not
     * proposed. 0 without members.
     */
    public int featureLevel() {
        return featureLevel;
    }

    /** The highest feature level that a member has told. */
    public int newestFeatureLevel() {
        return levels.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /**
     * The levels of all members that have published themselves, by their ids. What was published is
     * not known any more where a build without levels has written the snapshot: 0.
     */
    public Map<Long, Integer> publishedLevels() {
        final Map<Long, Integer> published = new TreeMap<>();
        membership.members().stream()
                .filter(member -> !member.clientUrls().isEmpty())
                .forEach(member -> published.put(member.id(), level(member)));
        return published;
    }

    private int level(final Member member) {
        return levels.getOrDefault(member.id(), 0);
    }

    /** Counts what may have changed levels, here; not of the replicated state. */
    public int levelChanges() {
        return levelChanges;
    }

    private void levelsChanged() {
        levelChanges++;
        levels.keySet().removeIf(id -> membership.member(id).isEmpty());
        featureLevel = membership.members().stream().mapToInt(this::level).min().orElse(0);
    }

    /**
     * Whether a change fits the membership: what two members let begin at the same time may exclude
     * each other. One that does not fit must change nothing, here and in the Raft core.
     *
     * @param conf as the core has applied it.
     */
    public QueryViews.ChangeOutcome check(final ConfChange change, final ConfState conf) {
        for (final ConfChange.Step step : change.steps()) {
            final QueryViews.ChangeOutcome outcome = check(step, change.context(), conf);
            if (outcome != QueryViews.ChangeOutcome.DONE) {
                return outcome;
            }
        }
        return QueryViews.ChangeOutcome.DONE;
    }

    private QueryViews.ChangeOutcome check(
            final ConfChange.Step step, final byte[] context, final ConfState conf) {
        final long id = step.id();
        return switch (step.op()) {
            case ADD_VOTER ->
                    membership.member(id).isPresent()
                            ? QueryViews.ChangeOutcome.DONE
                            : MemberRules.check(membership, Op.ADD, id, decodeUrls(context));
            case ADD_LEARNER -> check(Op.ADD, id, decodeUrls(context), conf);
            case ADD_HELD_LEARNER -> check(Op.ADD_LEARNER, id, decodeUrls(context), conf);
            case UPDATE -> check(Op.UPDATE, id, decodeUrls(context), conf);
            case REMOVE -> check(Op.REMOVE, id, List.of(), conf);
            case PROMOTE -> check(Op.PROMOTE, id, List.of(), conf);
        };
    }

    /** Whether what a client asks for fits the membership. */
    QueryViews.ChangeOutcome check(
            final Op op, final long id, final List<String> peerUrls, final ConfState conf) {
        final QueryViews.ChangeOutcome outcome = MemberRules.check(membership, op, id, peerUrls);
        if (outcome != QueryViews.ChangeOutcome.DONE) {
            return outcome;
        }
        if (op == Op.PROMOTE && !conf.isHeld(id)) {
            return QueryViews.ChangeOutcome.NOT_A_LEARNER;
        }
        return op == Op.ADD_LEARNER && conf.held().length >= MAX_HELD_LEARNERS
                ? QueryViews.ChangeOutcome.TOO_MANY_LEARNERS
                : outcome;
    }

    /**
     * Applies a change of the membership that fits and that the Raft core has applied already.
     *
     * @return how many store indexes it takes, as in etcd.
     */
    public int apply(final ConfChange change) {
        int storeIndexes = 0;
        for (final ConfChange.Step step : change.steps()) {
            storeIndexes +=
                    switch (step.op()) {
                        case ADD_VOTER, ADD_LEARNER, ADD_HELD_LEARNER ->
                                add(step.id(), change.context());
                        case PROMOTE -> 0;
                        case UPDATE -> update(step.id(), change.context());
                        case REMOVE -> remove(step.id());
                    };
        }
        levelsChanged();
        return storeIndexes;
    }

    /**
     * A promotion adds a member that is already there. One that is new is taken to understand what
     * all others do, until it says what it does: else nothing of a higher level would be done from
     * its addition to its start. If it is older, it stops in front of what it does not know, and as
     * it never catches up it never votes.
     */
    private int add(final long id, final byte[] context) {
        if (membership.member(id).isPresent()) {
            return 0;
        }
        if (featureLevel > 0) {
            levels.put(id, featureLevel);
        }
        final Reader reader = new Reader(new UnsafeBuffer(context), 0, context.length);
        final List<String> urls = reader.strings();
        final String name =
                reader.isAtEnd() || ChangeTag.of(context) != null ? "" : reader.string();
        membership = membership.with(new Member(id, name, urls, List.of()));
        return 1;
    }

    /** Etcd deletes the member's record and notes that it was removed. */
    private int remove(final long id) {
        membership = membership.without(id);
        return 2;
    }

    private int update(final long id, final byte[] context) {
        membership
                .member(id)
                .ifPresent(
                        m ->
                                membership =
                                        membership.withUpdated(
                                                m.withPeerUrls(decodeUrls(context))));
        return 1;
    }

    public void version(final String version) {
        this.version = version;
    }

    public String version() {
        return version;
    }

    /** Without those that were removed: these are only told so, if they come back and ask. */
    public List<PeerContact> present(final List<PeerContact> contacts) {
        return contacts.stream().filter(peer -> !membership.isRemoved(peer.peerId())).toList();
    }

    /**
     * As others may see it: learners that vote by themselves soon look as if they had not started.
     */
    Membership shown(final ConfState conf) {
        return new Membership(
                membership.clusterId(),
                membership.members().stream().map(member -> shown(member, conf)).toList(),
                membership.removedIds());
    }

    /** Those of them that vote, or will by themselves. */
    Membership voting(final ConfState conf) {
        return shown(conf).only(member -> !conf.isHeld(member.id()));
    }

    private static Member shown(final Member member, final ConfState conf) {
        final boolean isOnItsWay = conf.isLearner(member.id()) && !conf.isHeld(member.id());
        return isOnItsWay ? member.withAttributes("", List.of()) : member;
    }

    public QueryViews.Cluster view(final long localId, final long leaderId, final ConfState conf) {
        return new QueryViews.Cluster(
                membership.clusterId(),
                localId,
                leaderId,
                version,
                membership.members().stream().map(member -> view(member, conf)).toList());
    }

    /** One member as others may see it; null when there is none of that id. */
    public QueryViews.Member view(final long id, final ConfState conf) {
        return membership.member(id).map(member -> view(member, conf)).orElse(null);
    }

    private static QueryViews.Member view(final Member member, final ConfState conf) {
        final Member seen = shown(member, conf);
        return new QueryViews.Member(
                seen.id(), seen.name(), seen.peerUrls(), seen.clientUrls(), conf.isHeld(seen.id()));
    }

    public int encode(final MutableDirectBuffer target, final int offset) {
        int position = putString(target, offset, version);
        target.putInt(position, membership.members().size(), ORDER);
        position += Integer.BYTES;
        for (final Member member : membership.members()) {
            target.putLong(position, member.id(), ORDER);
            position = putString(target, position + Long.BYTES, member.name());
            position = putStrings(target, position, member.peerUrls());
            position = putStrings(target, position, member.clientUrls());
        }
        final long[] removed =
                membership.removedIds().stream().mapToLong(Long::longValue).sorted().toArray();
        target.putInt(position, removed.length, ORDER);
        position += Integer.BYTES;
        for (final long id : removed) {
            target.putLong(position, id, ORDER);
            position += Long.BYTES;
        }
        target.putInt(position, levels.size(), ORDER);
        position += Integer.BYTES;
        for (final Map.Entry<Long, Integer> level : levels.entrySet()) {
            target.putLong(position, level.getKey(), ORDER);
            target.putInt(position + Long.BYTES, level.getValue(), ORDER);
            position += Long.BYTES + Integer.BYTES;
        }
        return position - offset;
    }

    /**
     * Replaces all by what was encoded.
     *
     * @throws IllegalArgumentException if the bytes are not an encoded membership.
     */
    public void decode(final DirectBuffer source, final int offset, final int length) {
        final Reader reader = new Reader(source, offset, offset + length);
        version = reader.string();
        final List<Member> members = new ArrayList<>();
        for (int i = reader.count(); i > 0; i--) {
            members.add(
                    new Member(
                            reader.number(), reader.string(), reader.strings(), reader.strings()));
        }
        final Set<Long> removed = new TreeSet<>();
        for (int i = reader.count(); i > 0; i--) {
            removed.add(reader.number());
        }
        levels.clear();
        for (int i = reader.isAtEnd() ? 0 : reader.count(); i > 0; i--) {
            levels.put(reader.number(), reader.level());
        }
        membership = new Membership(membership.clusterId(), members, removed);
        levelsChanged();
    }

    /** The value of a PUBLISH_MEMBER command: a name, client URLs and a feature level. */
    public static int encodePublication(
            final MutableDirectBuffer target,
            final String name,
            final List<String> clientUrls,
            final int featureLevel) {
        final int end = putStrings(target, putString(target, 0, name), clientUrls);
        target.putInt(end, featureLevel, ORDER);
        return end + Integer.BYTES;
    }

    /**
     * Applies a PUBLISH_MEMBER command's value.
     *
     * @return the member as it is now; null if it is not, or no longer, of the cluster.
     */
    public Member publish(
            final long id, final DirectBuffer source, final int offset, final int length) {
        final Reader reader = new Reader(source, offset, offset + length);
        final String name = reader.string();
        final List<String> clientUrls = reader.strings();
        levels.put(id, reader.isAtEnd() ? 0 : reader.level());
        membership
                .member(id)
                .ifPresent(
                        m ->
                                membership =
                                        membership.withUpdated(m.withAttributes(name, clientUrls)));
        levelsChanged();
        return membership.member(id).orElse(null);
    }

    /** The context of a change that adds or updates a member: its peer URLs. */
    static byte[] encodeUrls(final List<String> peerUrls) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final byte[] urls = new byte[putStrings(buffer, 0, peerUrls)];
        buffer.getBytes(0, urls);
        return urls;
    }

    /** The context of a founder's addition: its name is known before it has started. */
    public static byte[] encodeFounder(final Member founder) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final int urlsLength = putStrings(buffer, 0, founder.peerUrls());
        final byte[] context = new byte[putString(buffer, urlsLength, founder.name())];
        buffer.getBytes(0, context);
        return context;
    }

    static List<String> decodeUrls(final byte[] urls) {
        return new Reader(new UnsafeBuffer(urls), 0, urls.length).strings();
    }

    private static int putStrings(
            final MutableDirectBuffer target, final int offset, final List<String> strings) {
        target.putInt(offset, strings.size(), ORDER);
        int position = offset + Integer.BYTES;
        for (final String string : strings) {
            position = putString(target, position, string);
        }
        return position;
    }

    private static int putString(
            final MutableDirectBuffer target, final int offset, final String string) {
        return offset + target.putStringUtf8(offset, string, ORDER);
    }

    /** Reads with every length checked, since the bytes come from a disk or a peer. */
    private static final class Reader {
        private final DirectBuffer source;
        private final int end;
        private int position;

        Reader(final DirectBuffer source, final int position, final int end) {
            this.source = source;
            this.position = position;
            this.end = end;
        }

        boolean isAtEnd() {
            return position == end;
        }

        String string() {
            final int length = source.getInt(need(Integer.BYTES), ORDER);
            if (length < 0) {
                throw new IllegalArgumentException("negative string length: " + length);
            }
            return source.getStringWithoutLengthUtf8(need(length), length);
        }

        List<String> strings() {
            final List<String> strings = new ArrayList<>();
            for (int i = count(); i > 0; i--) {
                strings.add(string());
            }
            return List.copyOf(strings);
        }

        int count() {
            final int count = source.getInt(need(Integer.BYTES), ORDER);
            if (count < 0 || count > MAX_LIST_LENGTH) {
                throw new IllegalArgumentException("list length out of range: " + count);
            }
            return count;
        }

        long number() {
            return source.getLong(need(Long.BYTES), ORDER);
        }

        int level() {
            return source.getInt(need(Integer.BYTES), ORDER);
        }

        private int need(final int length) {
            if (length > end - position) {
                throw new IllegalArgumentException("membership is cut short at byte " + position);
            }
            final int at = position;
            position += length;
            return at;
        }
    }
}
