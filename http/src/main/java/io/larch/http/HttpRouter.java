package io.larch.http;

import io.larch.http.auth.AuthPages;
import io.larch.http.keys.KeysCodec;
import io.larch.http.wire.Ascii;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;

/** Finds the route of a request as Go's mux with etcd's table does. */
final class HttpRouter {
    private HttpRouter() {}

    static Route route(final HttpRequest request) {
        if (request.method() == HttpMethod.OPTIONS) {
            return Route.OPTIONS;
        }
        final byte[] head = request.head();
        final int from = request.pathFrom();
        final int to = request.pathTo();
        if (request.method() != HttpMethod.CONNECT && !CleanPath.isClean(head, from, to)) {
            return Route.REDIRECT;
        }
        if (isAtOrBelow(head, from, to, KeysCodec.PREFIX)) {
            return Route.KEYS;
        }
        if (isAtOrBelow(head, from, to, Route.MEMBERS.path())) {
            return Route.MEMBERS;
        }
        if (AuthPages.isPage(head, from, to)) {
            return Route.AUTH;
        }
        for (final Route route : Route.all()) {
            if (route.path() != null
                    && route != Route.AUTH
                    && Ascii.equal(head, from, to, route.path())) {
                return route;
            }
        }
        return Route.NOT_FOUND;
    }

    /** Whether the route has a use for the request's body. */
    static boolean wantsBody(final Route route, final HttpRequest request) {
        return switch (route) {
            case KEYS -> KeysCodec.wantsBody(request);
            case MEMBERS ->
                    request.method() == HttpMethod.POST || request.method() == HttpMethod.PUT;
            case LOG_LEVEL -> request.method() == HttpMethod.PUT;
            default -> false;
        };
    }

    private static boolean isAtOrBelow(
            final byte[] head, final int from, final int to, final String prefix) {
        final int end = from + prefix.length();
        return to >= end && (to == end || head[end] == '/') && Ascii.equal(head, from, end, prefix);
    }
}
