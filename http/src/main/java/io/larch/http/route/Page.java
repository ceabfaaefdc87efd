package io.larch.http.route;

import io.larch.http.text.Ascii;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A page, or a tree of them: where it is, and who answers. Immutable; the handler is called on the
 * event loop of the request, so on any of them.
 */
public final class Page {
    private static final Predicate<HttpRequest> NO_BODY = request -> false;

    private final String path;
    private final boolean isTree;
    private final Set<ListenerKind> listeners;
    private final Predicate<HttpRequest> bodyRule;
    private final Consumer<Exchange> handler;

    private Page(
            final String path,
            final boolean isTree,
            final Set<ListenerKind> listeners,
            final Predicate<HttpRequest> bodyRule,
            final Consumer<Exchange> handler) {
        this.path = path;
        this.isTree = isTree;
        this.listeners = listeners;
        this.bodyRule = bodyRule;
        this.handler = handler;
    }

    /**
     * A page for clients at exactly this path.
     *
     * @param handler replies, now or when the engine has answered.
     */
    public static Page at(final String path, final Consumer<Exchange> handler) {
        return new Page(path, false, EnumSet.of(ListenerKind.CLIENT), NO_BODY, handler);
    }

    /** As {@link #at}, with everything below the path. */
    public static Page tree(final String path, final Consumer<Exchange> handler) {
        return new Page(path, true, EnumSet.of(ListenerKind.CLIENT), NO_BODY, handler);
    }

    /** The same, behind these listeners and no others. */
    public Page behind(final ListenerKind first, final ListenerKind... others) {
        return new Page(path, isTree, EnumSet.of(first, others), bodyRule, handler);
    }

    /** The same, with the bodies of these methods read; all others are thrown away. */
    public Page reading(final HttpMethod first, final HttpMethod... others) {
        final Set<HttpMethod> methods = EnumSet.of(first, others);
        return reading(request -> methods.contains(request.method()));
    }

    /**
     * The same, with some requests' bodies read.
     *
     * @param bodyRule says of a request, whose head is known, whether its body is of use.
     */
    public Page reading(final Predicate<HttpRequest> bodyRule) {
        return new Page(path, isTree, listeners, bodyRule, handler);
    }

    String path() {
        return path;
    }

    boolean isBehind(final ListenerKind listener) {
        return listeners.contains(listener);
    }

    /** Whether a decoded, clean path is this page's. */
    boolean isAt(final byte[] bytes, final int from, final int to) {
        if (!isTree) {
            return Ascii.equal(bytes, from, to, path);
        }
        final int end = from + path.length();
        return to >= end && (to == end || bytes[end] == '/') && Ascii.equal(bytes, from, end, path);
    }

    /** Whether there is a use for the request's body. */
    public boolean wantsBody(final HttpRequest request) {
        return bodyRule.test(request);
    }

    public void handle(final Exchange exchange) {
        handler.accept(exchange);
    }
}
