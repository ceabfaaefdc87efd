package io.larch.tools.ctl;

import java.io.PrintWriter;
import java.util.function.BiConsumer;

/** How far something long has come, on one line of a terminal. */
final class Progress implements BiConsumer<Long, Long> {
    private static final int HUNDRED = 100;

    private final PrintWriter terminal;
    private int percent = -1;

    Progress(final PrintWriter terminal) {
        this.terminal = terminal;
    }

    @Override
    public void accept(final Long done, final Long all) {
        final int now = all == 0 ? HUNDRED : (int) (done * HUNDRED / all);
        if (now != percent) {
            percent = now;
            terminal.printf("\r%d of %d bytes, %d %%", done, all, percent);
            if (done.equals(all)) {
                terminal.println();
            }
            terminal.flush();
        }
    }
}
