package io.larch.tools.transfer;

import io.larch.tools.etcd.RawText;
import io.larch.tools.etcd.StoredNode;
import io.larch.tools.etcd.StoredTree;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** Looks for what a copy of files leaves out or alters, so that it can be told. */
final class DirectorySurvey {
    private static final int MAX_NAMES = 10;
    private static final String USERS = "/2";

    private final StoredTree tree;
    private final String prefix;
    private final long nowNanos = TreePicture.nanos(Instant.now());
    private final List<String> hidden = new ArrayList<>();
    private long expired;
    private long notText;

    private record Named(String path, StoredNode node) {}

    DirectorySurvey(final StoredTree tree, final String prefix) {
        this.tree = tree;
        this.prefix = prefix;
    }

    void tell(final Consumer<String> told) {
        final StoredNode start = TreePicture.find(tree, prefix, nowNanos);
        if (start != null) {
            walk(new Named(prefix.equals(Paths.ROOT) ? "" : prefix, start));
        }
        Collections.sort(hidden);
        if (!hidden.isEmpty()) {
            told.accept(
                    "hidden and so left out: %s%s; --prefix copies each"
                            .formatted(
                                    String.join(
                                            " ",
                                            hidden.subList(0, Math.min(MAX_NAMES, hidden.size()))),
                                    hidden.size() > MAX_NAMES
                                            ? " and %d more".formatted(hidden.size() - MAX_NAMES)
                                            : ""));
        }
        if (expired > 0) {
            told.accept(
                    "left out, as their TTL is over: %d keys or directories".formatted(expired));
        }
        if (notText > 0) {
            told.accept(
                    "not UTF-8: %d names or values; each byte that is none becomes U+FFFD"
                            .formatted(notText));
        }
        final StoredNode users = tree.find(USERS);
        if (users != null && users.isDirectory() && !users.children().isEmpty()) {
            told.accept("users and roles are not taken");
        }
    }

    private void walk(final Named start) {
        final Deque<Named> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            final Named next = open.pop();
            if (!next.node().isDirectory()) {
                notText += RawText.isText(next.node().value()) ? 0 : 1;
                continue;
            }
            for (final StoredNode child : next.node().children()) {
                final String path = next.path() + '/' + RawText.text(child.name());
                if (child.expirationNanos() <= nowNanos) {
                    expired++;
                } else if (TreePicture.isHidden(child)) {
                    hidden.add(path);
                } else {
                    notText += RawText.isText(child.name()) ? 0 : 1;
                    open.push(new Named(path, child));
                }
            }
        }
    }
}
