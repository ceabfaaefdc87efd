package io.larch.http.wire;

import io.larch.engine.AdminQuery;
import io.larch.engine.AdminViews;
import java.util.function.Consumer;

/**
 * One request and the place for its reply, for everything off the hot path. All on the event loop's
 * thread; {@link #reply} is called exactly once.
 */
public interface Exchange {
    HttpRequest request();

    /** An empty body to print into, directly before {@link #reply}. */
    JsonWriter body();

    /**
     * Sends the reply with what was printed into the body.
     *
     * @param headers of {@link Headers}: whole lines.
     */
    void reply(int status, byte[] headers, boolean hasClusterId);

    /**
     * Asks the engine. The client may leave meanwhile: then nothing is called.
     *
     * @param onAnswer replies.
     * @param onNoAnswer replies when the engine is full or does not answer in time.
     */
    <R> void ask(AdminQuery.Kind kind, Consumer<R> onAnswer, Runnable onNoAnswer);

    /**
     * Reads a key of the tree, as this member has it; otherwise as {@link #ask}.
     *
     * @param onValue gets null when there is no such key, or it is a directory.
     */
    void readKey(String path, Consumer<String> onValue, Runnable onFailure);

    /** Writes a key of the tree; otherwise as {@link #ask}. */
    void writeKey(String path, String value, Runnable onDone, Runnable onFailure);

    /** Asks the engine to change the membership; otherwise as {@link #ask}. */
    void change(
            AdminQuery.MemberChange change,
            Consumer<AdminViews.MemberChanged> onAnswer,
            Runnable onNoAnswer);
}
