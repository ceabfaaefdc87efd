package io.larch.http.route;

import io.larch.http.go.CleanPath;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The pages behind a kind of listener. Finds a request's as Go's mux with etcd's table does.
 * Immutable.
 */
public final class PageTable {
    private static final String V2 = "/v2/";

    private static final Page OPTIONS =
            Page.at(
                    "*",
                    exchange -> {
                        exchange.body();
                        exchange.reply(200, Headers.NONE, false);
                    });
    private static final Page NOT_FOUND =
            Page.tree(
                    "", exchange -> exchange.text(404, Headers.ERROR_TEXT, "404 page not found\n"));
    private static final Page REDIRECT = Page.tree("", Redirect::toCleanPath);

    private final ListenerKind listener;
    private final Page[] pages;

    private PageTable(final ListenerKind listener, final Page[] pages) {
        this.listener = listener;
        this.pages = pages;
    }

    /**
     * The table of the clients' listeners.
     *
     * @param all pages of the edge; the most frequent first.
     * @param hasV2 whether the pages below /v2 are there.
     * @throws IllegalArgumentException if two pages are at the same path.
     */
    public static PageTable forClients(final Collection<Page> all, final boolean hasV2) {
        return of(ListenerKind.CLIENT, all, hasV2);
    }

    /** The table of the peers' listeners; otherwise as for clients. */
    public static PageTable forPeers(final Collection<Page> all) {
        return of(ListenerKind.PEER, all, true);
    }

    private static PageTable of(
            final ListenerKind listener, final Collection<Page> all, final boolean hasV2) {
        final Page[] pages =
                all.stream()
                        .filter(page -> page.isBehind(listener))
                        .filter(page -> hasV2 || !page.path().startsWith(V2))
                        .toArray(Page[]::new);
        final Set<String> paths = new HashSet<>();
        for (final Page page : pages) {
            if (!paths.add(page.path())) {
                throw new IllegalArgumentException("two pages at " + page.path());
            }
        }
        return new PageTable(listener, pages);
    }

    /** Whether it serves peers: no CORS, no answer to OPTIONS. */
    public boolean isForPeers() {
        return listener == ListenerKind.PEER;
    }

    /** The page that answers; there always is one. */
    public Page find(final HttpRequest request) {
        if (request.method() == HttpMethod.OPTIONS && !isForPeers()) {
            return OPTIONS;
        }
        final byte[] head = request.head();
        final int from = request.pathFrom();
        final int to = request.pathTo();
        if (request.method() != HttpMethod.CONNECT && !CleanPath.isClean(head, from, to)) {
            return REDIRECT;
        }
        for (final Page page : pages) {
            if (page.isAt(head, from, to)) {
                return page;
            }
        }
        return NOT_FOUND;
    }
}
