package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CopyProgressTest {
    private final StringWriter err = new StringWriter();
    private long nowNanos;

    private CopyProgress progress(final boolean isTold, final boolean isOneLine) {
        return new CopyProgress(new PrintWriter(err), isTold, isOneLine, () -> nowNanos);
    }

    private void story(final CopyProgress progress) {
        progress.copied(1, "/a");
        nowNanos += TimeUnit.MILLISECONDS.toNanos(600);
        progress.copied(2, "/b");
        progress.copied(3, "/c");
        nowNanos += TimeUnit.MILLISECONDS.toNanos(600);
        progress.followed(7, 8, 9);
        progress.told("unusual");
        progress.end();
    }

    @Test
    void shouldTellHowFarItIsWhenAsked() {
        story(progress(true, false));

        assertEquals(
                "2 keys and directories, at /b\n7 changes followed, at index 8 of 9\nunusual\n",
                err.toString());
    }

    @Test
    void shouldWriteOverItsLineOnATerminal() {
        story(progress(true, true));

        assertEquals(
                "\r\u001b[K2 keys and directories, at /b"
                        + "\r\u001b[K7 changes followed, at index 8 of 9\nunusual\n",
                err.toString());
    }

    @Test
    void shouldTellOnlyWhatIsUnusualOtherwise() {
        story(progress(false, true));

        assertEquals("unusual\n", err.toString());
    }
}
