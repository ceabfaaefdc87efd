package io.larch.tools.etcd;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.tools.client.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;

/**
 * A change of the cluster's members: raftpb.ConfChange, {@code 2: kind 3: member 4: JSON of it}.
 * etcd keeps members in the store, too, so that each change that it accepts takes indexes of the
 * store, which the names of in-order keys come from. Whether it accepts one it finds out when it
 * applies it.
 */
record MemberChange(long kind, long member, String json) {
    private static final int ADD = 0;
    private static final int REMOVE = 1;
    private static final int UPDATE = 2;
    private static final int ADD_LEARNER = 3;

    private static final String MEMBERS = "/0/members";
    private static final String REMOVED = "/0/removed_members";
    private static final String ATTRIBUTES = "/raftAttributes";

    /** Null: this is none. */
    static MemberChange of(final DirectBuffer data) {
        final ProtoReader fields = new ProtoReader().wrap(data, 0, data.capacity());
        long kind = 0;
        long member = 0;
        String json = "";
        while (fields.next()) {
            switch (fields.field()) {
                case 2 -> kind = fields.number();
                case 3 -> member = fields.number();
                case 4 -> json = RawText.of(data, fields.offset(), fields.length());
                default -> {
                    // 1: its name, by which who asked waits.
                }
            }
        }
        return fields.isBroken() ? null : new MemberChange(kind, member, json);
    }

    /**
     * Does to the store what etcd does.
     *
     * @throws IOException if what is told of the member is no JSON of one.
     */
    void apply(final StoredTree tree) throws IOException {
        final String name = '/' + Long.toHexString(member);
        if (member == 0 || tree.find(REMOVED + name) != null) {
            return;
        }
        final boolean isThere = tree.find(MEMBERS + name) != null;
        if (kind == REMOVE) {
            if (isThere) {
                tree.delete(MEMBERS + name, true, true);
                tree.create(REMOVED + name, false, "", Ttl.NONE);
            }
            return;
        }
        final Map<String, Object> told = Json.object(Json.parse(RawText.text(json)));
        final boolean isPromotion = Boolean.TRUE.equals(told.get("isPromote"));
        if (kind == UPDATE || isPromotion) {
            if (isThere && (isPromotion ? isLearner(tree, name) : !hasUrlsOfAnother(tree, told))) {
                tree.update(MEMBERS + name + ATTRIBUTES, attributes(told), Ttl.NONE);
            }
        } else if (!isThere && !hasUrlsOfAnother(tree, told) && hasRoom(tree, told)) {
            tree.create(MEMBERS + name + ATTRIBUTES, false, attributes(told), Ttl.NONE);
        }
    }

    /** A promotion tells of a learner as it was before. */
    private String attributes(final Map<String, Object> told) {
        return Boolean.TRUE.equals(told.get("isPromote"))
                ? json.replace("\"isLearner\":true", "\"isLearner\":false")
                : json;
    }

    private boolean hasUrlsOfAnother(final StoredTree tree, final Map<String, Object> told)
            throws IOException {
        final Set<String> others = new HashSet<>();
        for (final StoredNode other : members(tree)) {
            if (!other.name().equals(Long.toHexString(member))) {
                others.addAll(Json.texts(attributes(other).get("peerURLs")));
            }
        }
        return Json.texts(told.get("peerURLs")).stream().anyMatch(others::contains);
    }

    /** One learner is allowed. */
    private boolean hasRoom(final StoredTree tree, final Map<String, Object> told)
            throws IOException {
        if (kind != ADD_LEARNER || !Boolean.TRUE.equals(told.get("isLearner"))) {
            return true;
        }
        for (final StoredNode other : members(tree)) {
            if (Boolean.TRUE.equals(attributes(other).get("isLearner"))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLearner(final StoredTree tree, final String name) throws IOException {
        final StoredNode node = tree.find(MEMBERS + name);
        return node.isDirectory() && Boolean.TRUE.equals(attributes(node).get("isLearner"));
    }

    private static Collection<StoredNode> members(final StoredTree tree) {
        final StoredNode members = tree.find(MEMBERS);
        if (members == null || !members.isDirectory()) {
            return List.of();
        }
        return new ArrayList<>(members.children());
    }

    private static Map<String, Object> attributes(final StoredNode node) throws IOException {
        final StoredNode attributes = node.isDirectory() ? node.child("raftAttributes") : null;
        return attributes == null || attributes.isDirectory()
                ? Map.of()
                : Json.object(Json.parse(RawText.text(attributes.value())));
    }

    /** Whether it is of a kind that we know. */
    boolean isKnown() {
        return kind >= ADD && kind <= ADD_LEARNER;
    }
}
