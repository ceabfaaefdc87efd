package io.larch.tools.transfer;

import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes entries to a store whatever is there: what stands in the way of one is removed. That is
 * right for changes that are repeated on a later picture, as what they remove too much a later one
 * of them brings back. Each write may be done twice. Threadsafe.
 */
final class Writer {
    /** Somebody else who writes the same could keep us busy for ever. */
    private static final int MAX_TRIES = 16;

    private final V2Client client;
    private final LongAdder written = new LongAdder();
    private final LongAdder deleted = new LongAdder();

    Writer(final V2Client client) {
        this.client = client;
    }

    long written() {
        return written.sum();
    }

    long deleted() {
        return deleted.sum();
    }

    void put(final Entry entry) throws IOException {
        StoreReply reply = null;
        for (int i = 0; i < MAX_TRIES; i++) {
            reply = entry.isDirectory() ? directory(entry) : file(entry);
            if (reply.isSuccess()) {
                written.increment();
                return;
            }
            switch (reply.errorCode()) {
                case StoreReply.NOT_A_FILE -> client.ask("DELETE", all(entry.path()), null);
                case StoreReply.NOT_A_DIRECTORY -> clearWay(entry.path());
                case StoreReply.NOT_FOUND -> {
                    // The directory expired between two requests.
                }
                default -> throw client.refused("to write " + entry.path(), reply);
            }
        }
        throw client.refused("to write " + entry.path(), reply);
    }

    private StoreReply file(final Entry entry) throws IOException {
        final String value = URLEncoder.encode(entry.value(), StandardCharsets.UTF_8);
        return client.ask("PUT", Paths.url(entry.path()), "value=" + value + "&" + ttl(entry));
    }

    /** A directory that is there keeps what is below it, and gets the TTL. */
    private StoreReply directory(final Entry entry) throws IOException {
        final String path = Paths.url(entry.path()) + "?dir=true";
        final StoreReply reply = client.ask("PUT", path, ttl(entry));
        if (reply.errorCode() != StoreReply.NOT_A_FILE) {
            return reply;
        }
        final StoreReply change = client.ask("PUT", path + "&prevExist=true", ttl(entry));
        if (!change.isOfFixedDirectory()) {
            return change;
        }
        refuseOther(entry);
        return client.ask("GET", Paths.url(entry.path()), null);
    }

    /** Where a directory that is there cannot be changed, it must be right as it is. */
    private void refuseOther(final Entry entry) throws IOException {
        try (Picture there = V2Pictures.open(client, entry.path(), 1)) {
            final Entry found = there.next();
            if (found != null && !entry.isSame(found)) {
                throw new TransferException(
                        Kind.REFUSED,
                        ("the %s does not change the TTL of %s, which is there, as etcd 3.5 does not"
                                        + " for directories; remove it there, and run the same again")
                                .formatted(client.site().name(), entry.path()));
            }
        }
    }

    /** An empty TTL is none, which takes away one that is there. */
    private static String ttl(final Entry entry) {
        return "ttl=" + (entry.hasDeadline() ? entry.ttlSeconds(System.nanoTime()) : "");
    }

    /** Of the names above, one is a file; directories refuse to be deleted so. */
    private void clearWay(final String path) throws IOException {
        final List<String> above = new ArrayList<>();
        for (String p = Paths.parent(path); p != null; p = Paths.parent(p)) {
            above.add(p);
        }
        Collections.reverse(above);
        for (final String directory : above) {
            if (client.ask("DELETE", Paths.url(directory), null).isSuccess()) {
                return;
            }
        }
    }

    /**
     * Deletes a file, or a directory with all that is below it. Where a directory is now, no file
     * is deleted: that has been done by who made the directory.
     */
    void delete(final Entry entry) throws IOException {
        final String path = entry.isDirectory() ? all(entry.path()) : Paths.url(entry.path());
        final StoreReply reply = client.ask("DELETE", path, null);
        if (reply.isSuccess()) {
            deleted.increment();
            return;
        }
        switch (reply.errorCode()) {
            case StoreReply.NOT_FOUND, StoreReply.NOT_A_FILE, StoreReply.NOT_A_DIRECTORY -> {
                // Gone already.
            }
            default -> throw client.refused("to delete " + entry.path(), reply);
        }
    }

    private static String all(final String path) {
        return Paths.url(path) + "?dir=true&recursive=true";
    }
}
