package io.larch.engine.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.AuthReply;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.port.Reply;
import io.larch.engine.stats.ReplyTimes;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

class TimedRepliesTest {
    private final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
    private final List<Reply.Kind> told = new ArrayList<>();
    private int looks;
    private final TimedReplies replies =
            new TimedReplies(reply -> told.add(reply.kind()), new ReplyTimes(), () -> ++looks);

    private void result(final int length) {
        replies.onReply(new Reply().begin(Reply.Kind.RESULT, 1).bytes(bytes, 0, length));
        replies.onBatchEnd();
    }

    @Test
    void shouldTakeTheTimeOfWritesOnly() {
        result(EventFlyweight.encodeHeader(bytes, 0, Action.GET, 0, 1));
        assertEquals(0, looks);
        result(EventFlyweight.encodeHeader(bytes, 0, Action.SET, 0, 1));
        assertEquals(1, looks);
    }

    /** The answers of another application are none of the keys' events. */
    @Test
    void shouldPassOnWhatItDoesNotKnow() {
        for (final int status : List.of(200, 201, 400, 403, 404, 409)) {
            result(new AuthReply(status, AuthReply.Kind.DONE, null, null, null).encode(bytes));
        }
        assertEquals(6, told.size());
        assertEquals(6, looks);
    }
}
