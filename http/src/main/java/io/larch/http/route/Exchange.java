package io.larch.http.route;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.Reply;
import io.larch.http.text.JsonWriter;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import java.util.function.Consumer;

/**
 * One request and the place for its reply, for everything off the hot path. All on the event loop's
 * thread; {@link #reply} is called exactly once.
 */
public interface Exchange {
    /** The headers of a 405 where only GET is served. */
    byte[] ALLOW_GET = Headers.allow("GET");

    HttpRequest request();

    /** An empty body to print into, directly before {@link #reply}. */
    JsonWriter body();

    /**
     * Sends the reply with what was printed into the body.
     *
     * @param headers of {@link Headers}: whole lines.
     */
    void reply(int status, byte[] headers, boolean hasClusterId);

    /** Replies with plain text, without the cluster's id. */
    default void text(final int status, final byte[] headers, final String text) {
        text(status, headers, text, false);
    }

    /** Replies with plain text. */
    default void text(
            final int status, final byte[] headers, final String text, final boolean hasClusterId) {
        body().out().put(text);
        reply(status, headers, hasClusterId);
    }

    /** Replies with a message in JSON. */
    default void message(final int status, final String message, final boolean hasClusterId) {
        final JsonWriter json = body();
        json.out().put("{\"message\":");
        json.string(message).out().put('}');
        reply(status, Headers.JSON, hasClusterId);
    }

    /**
     * Refuses the request's method.
     *
     * @param allow of {@link Headers#allow}.
     */
    default void methodNotAllowed(final byte[] allow) {
        text(405, allow, "Method Not Allowed\n");
    }

    /** Whether the method is GET; if not, the request is refused. */
    default boolean isGet() {
        final boolean isGet = request().method() == HttpMethod.GET;
        if (!isGet) {
            methodNotAllowed(ALLOW_GET);
        }
        return isGet;
    }

    /**
     * Asks the engine. The client may leave meanwhile: then nothing is called.
     *
     * @param onAnswer replies.
     * @param onNoAnswer replies when the engine is full or does not answer in time.
     */
    <R> void ask(Query.Kind kind, Consumer<R> onAnswer, Runnable onNoAnswer);

    /**
     * Goes on when the client may do what only the role root may, now or when that is found out;
     * else refuses the request.
     */
    void asRoot(Runnable whenAllowed);

    /**
     * Hashes a password, which takes a while.
     *
     * @param onHash gets null when too many others wait.
     */
    void hash(byte[] password, Consumer<String> onHash);

    /**
     * Hands a command to its application; otherwise as {@link #ask}.
     *
     * @param onReply gets the result or the error, valid during the call.
     */
    void command(CommandEncoder encoder, Consumer<Reply> onReply, Runnable onNoAnswer);

    /**
     * Reads a key of the tree, as this member has it; otherwise as {@link #ask}.
     *
     * @param onValue gets null when there is no such key, or it is a directory.
     */
    void readKey(String path, Consumer<String> onValue, Runnable onFailure);

    /** Writes a key of the tree; otherwise as {@link #ask}. */
    void writeKey(String path, String value, Runnable onDone, Runnable onFailure);

    /**
     * Replies with the file of all that this member has applied, as the client takes it.
     *
     * @param onRefused replies instead; gets the reason.
     */
    void sendState(Consumer<String> onRefused);

    /** Asks the engine to change the membership; otherwise as {@link #ask}. */
    void change(
            Query.MemberChange change,
            Consumer<QueryViews.MemberChanged> onAnswer,
            Runnable onNoAnswer);
}
