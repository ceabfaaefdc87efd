package io.larch.tools.etcd;

import java.io.IOException;
import java.util.regex.Pattern;

/** Applies entries of the log to a store, in their order, as etcd does. Not threadsafe. */
final class EntryReplay implements LogReplay.Applier {
    private static final Pattern MEMBER_ATTRIBUTES =
            Pattern.compile("/0/members/([0-9a-f]{1,16})/attributes");

    /** What all members can do, as the leader writes it down. */
    private static final String CLUSTER_VERSION = "/0/version";

    private static final Pattern FROM_3_5 = Pattern.compile("3[.]([5-9]|\\d\\d)[.]");

    private final StoredTree tree;

    EntryReplay(final StoredTree tree) {
        this.tree = tree;
    }

    @Override
    public void apply(final LogEntry entry) throws EtcdFilesException {
        if (entry.type() == LogEntry.MEMBER_CHANGE) {
            changeMembers(entry);
        } else if (entry.type() != LogEntry.NORMAL) {
            throw later(entry);
        } else if (entry.data().capacity() > 0) {
            final Request request = content(entry).request();
            if (request != null) {
                apply(request);
            }
        }
    }

    @Override
    public boolean isWrite(final LogEntry entry) throws EtcdFilesException {
        if (entry.type() != LogEntry.NORMAL || entry.data().capacity() == 0) {
            return false;
        }
        final Request request = content(entry).request();
        return request != null && request.path().startsWith(StoredTree.KEYS) && !request.isRead();
    }

    private static EntryContent content(final LogEntry entry) throws EtcdFilesException {
        final EntryContent content = EntryContent.of(entry.data());
        if (content == null) {
            throw entry.place().damaged("entry " + entry.index() + " is no request");
        }
        if (content.isLater()) {
            throw later(entry);
        }
        return content;
    }

    private static EtcdFilesException later(final LogEntry entry) {
        return new EtcdFilesException(
                EtcdFilesException.Kind.UNKNOWN,
                ("%s: entry %d is of an etcd later than 3.5; start that etcd, and import from it, or"
                                + " take its v3 keys alone by --api v3")
                        .formatted(entry.place(), entry.index()));
    }

    private void changeMembers(final LogEntry entry) throws EtcdFilesException {
        final MemberChange change = MemberChange.of(entry.data());
        if (change == null) {
            throw entry.place().damaged("entry " + entry.index() + " is no change of members");
        }
        if (!change.isKnown()) {
            throw later(entry);
        }
        try {
            change.apply(tree);
        } catch (final IOException e) {
            throw entry.place()
                    .damaged(
                            "entry %d changes members, but how: %s"
                                    .formatted(entry.index(), e.getMessage()));
        }
    }

    private void apply(final Request request) {
        switch (request.method()) {
            case "PUT" -> put(request);
            case "POST" ->
                    tree.createInOrder(
                            request.path(), request.isDirectory(), request.value(), request.ttl());
            case "DELETE" -> delete(request);
            case "SYNC" -> tree.expire(request.timeNanos());
            default -> {
                // QGET reads; what etcd does not know it answers with an error.
            }
        }
    }

    private void put(final Request request) {
        if (request.hasPreviousExist() && !request.previousExist()) {
            tree.create(request.path(), request.isDirectory(), request.value(), request.ttl());
        } else if (request.isConditional()) {
            tree.compareAndSwap(
                    request.path(),
                    request.previousValue(),
                    request.previousIndex(),
                    request.value(),
                    request.ttl());
        } else if (request.hasPreviousExist()) {
            if (!isFixed(request.path())) {
                tree.update(request.path(), request.value(), request.ttl());
            }
        } else if (!isOfRemovedMember(request.path())) {
            tree.set(request.path(), request.isDirectory(), request.value(), request.ttl());
        }
    }

    /** What a member that has been removed publishes is passed over. */
    private boolean isOfRemovedMember(final String path) {
        return MEMBER_ATTRIBUTES.matcher(path).matches()
                && tree.find(path.substring(0, path.lastIndexOf('/'))) == null;
    }

    /**
     * Whether it is a directory of a cluster that is of 3.5 or later: to who wants to change its
     * TTL these answer with an error.
     */
    private boolean isFixed(final String path) {
        final StoredNode node = tree.find(path);
        return node != null && node.isDirectory() && areDirectoriesFixed();
    }

    private boolean areDirectoriesFixed() {
        final StoredNode version = tree.find(CLUSTER_VERSION);
        return version != null
                && !version.isDirectory()
                && FROM_3_5.matcher(version.value()).lookingAt();
    }

    private void delete(final Request request) {
        if (request.isConditional()) {
            tree.compareAndDelete(request.path(), request.previousValue(), request.previousIndex());
        } else {
            tree.delete(request.path(), request.isDirectory(), request.isRecursive());
        }
    }
}
