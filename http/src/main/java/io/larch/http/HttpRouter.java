package io.larch.http;

import io.larch.http.auth.AuthPages;
import io.larch.http.go.CleanPath;
import io.larch.http.keys.KeysCodec;
import io.larch.http.text.Ascii;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;

/**
 * Finds the route of a request as Go's mux with etcd's table does. A listener is for clients or for
 * peers, and each has a table of its own. Immutable.
 */
final class HttpRouter {
    private static final String V2 = "/v2/";

    private final Route.Door door;
    private final boolean hasV2;

    private HttpRouter(final Route.Door door, final boolean hasV2) {
        this.door = door;
        this.hasV2 = hasV2;
    }

    /**
     * @param hasV2 whether the pages below /v2 are there.
     */
    static HttpRouter forClients(final boolean hasV2) {
        return new HttpRouter(Route.Door.CLIENT, hasV2);
    }

    /** The table of the peer port. */
    static HttpRouter forPeers() {
        return new HttpRouter(Route.Door.PEER, true);
    }

    /** Whether it serves peers: no CORS, no answer to OPTIONS. */
    boolean isForPeers() {
        return door == Route.Door.PEER;
    }

    Route route(final HttpRequest request) {
        if (request.method() == HttpMethod.OPTIONS && !isForPeers()) {
            return Route.OPTIONS;
        }
        final byte[] head = request.head();
        final int from = request.pathFrom();
        final int to = request.pathTo();
        if (request.method() != HttpMethod.CONNECT && !CleanPath.isClean(head, from, to)) {
            return Route.REDIRECT;
        }
        if (!isForPeers() && hasV2) {
            if (isAtOrBelow(head, from, to, KeysCodec.PREFIX)) {
                return Route.KEYS;
            }
            if (AuthPages.isPage(head, from, to)) {
                return Route.AUTH;
            }
        }
        for (final Route route : Route.all()) {
            if (isServed(route) && isMatch(route, head, from, to)) {
                return route;
            }
        }
        return Route.NOT_FOUND;
    }

    private boolean isServed(final Route route) {
        return route.isBehind(door) && (hasV2 || !route.path().startsWith(V2));
    }

    private static boolean isMatch(
            final Route route, final byte[] head, final int from, final int to) {
        return route.isTree()
                ? isAtOrBelow(head, from, to, route.path())
                : Ascii.equal(head, from, to, route.path());
    }

    /** Whether the route has a use for the request's body. */
    static boolean wantsBody(final Route route, final HttpRequest request) {
        return switch (route) {
            case KEYS -> KeysCodec.wantsBody(request);
            case MEMBERS ->
                    request.method() == HttpMethod.POST || request.method() == HttpMethod.PUT;
            case LOG_LEVEL, ADMIN_CONFIG -> request.method() == HttpMethod.PUT;
            default -> false;
        };
    }

    private static boolean isAtOrBelow(
            final byte[] head, final int from, final int to, final String prefix) {
        final int end = from + prefix.length();
        return to >= end && (to == end || head[end] == '/') && Ascii.equal(head, from, end, prefix);
    }
}
