package io.larch.engine.member;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The members of one cluster at one moment. Immutable: every change makes a new one.
 *
 * @param clusterId set by the first configuration and never changed.
 * @param members in the order of their ids, unsigned.
 * @param removedIds ids that were removed and can never come back.
 */
public record Membership(long clusterId, List<Member> members, Set<Long> removedIds) {
    private static final Comparator<Member> BY_ID = (a, b) -> Long.compareUnsigned(a.id(), b.id());

    public Membership {
        members = members.stream().sorted(BY_ID).toList();
        removedIds = Set.copyOf(removedIds);
        for (int i = 1; i < members.size(); i++) {
            if (members.get(i - 1).id() == members.get(i).id()) {
                throw new IllegalArgumentException(
                        "member id twice: " + MemberIds.toHex(members.get(i).id()));
            }
        }
    }

    /** The first configuration of a cluster, whose id follows from its members. */
    public static Membership initial(final List<Member> members) {
        return new Membership(
                MemberIds.clusterId(members.stream().map(Member::id).toList()), members, Set.of());
    }

    /** The member with an id. */
    public Optional<Member> member(final long id) {
        return find(member -> member.id() == id);
    }

    /** The first member with a name. */
    public Optional<Member> memberByName(final String name) {
        return find(member -> member.name().equals(name));
    }

    /** Whether the id belonged to a member that was removed. */
    public boolean isRemoved(final long id) {
        return removedIds.contains(id);
    }

    /** Members that have published a name. */
    public int startedCount() {
        return (int) members.stream().filter(Member::isStarted).count();
    }

    /** All client URLs of all members, sorted: what /v2/machines lists. */
    public List<String> clientUrls() {
        return members.stream().flatMap(m -> m.clientUrls().stream()).sorted().toList();
    }

    /**
     * With one member more.
     *
     * @throws IllegalArgumentException if the id is in use or was removed.
     */
    public Membership with(final Member member) {
        if (isRemoved(member.id())) {
            throw new IllegalArgumentException(
                    "member was removed: " + MemberIds.toHex(member.id()));
        }
        final List<Member> all = new ArrayList<>(members);
        all.add(member);
        return new Membership(clusterId, all, removedIds);
    }

    /** Without a member, whose id is remembered as removed. */
    public Membership without(final long id) {
        final Set<Long> removed = new TreeSet<>(removedIds);
        removed.add(id);
        return new Membership(
                clusterId, members.stream().filter(m -> m.id() != id).toList(), removed);
    }

    /** Only those members that fulfil a condition. */
    Membership only(final Predicate<Member> condition) {
        return new Membership(clusterId, members.stream().filter(condition).toList(), removedIds);
    }

    /** With another picture of the member of the same id; unchanged when there is none. */
    public Membership withUpdated(final Member member) {
        return new Membership(
                clusterId,
                members.stream().map(m -> m.id() == member.id() ? member : m).toList(),
                removedIds);
    }

    private Optional<Member> find(final Predicate<Member> condition) {
        return members.stream().filter(condition).findFirst();
    }
}
