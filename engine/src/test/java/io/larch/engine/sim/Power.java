package io.larch.engine.sim;

import java.io.IOException;

/**
 * The power supply of one member: every touch of its disk and its network goes through here, so
 * that it can fail between any two of them.
 */
public final class Power {
    private int touchesLeft = -1;
    private boolean isOff;

    /** Lets the power fail at the touch after so many more; negative: never. */
    void failAfter(final int touches) {
        touchesLeft = touches;
    }

    void on() {
        isOff = false;
        touchesLeft = -1;
    }

    void off() {
        isOff = true;
    }

    boolean isOff() {
        return isOff;
    }

    /** Something outside of the process's memory is about to change. */
    void touch() {
        if (isOff) {
            return;
        }
        if (touchesLeft >= 0 && touchesLeft-- == 0) {
            isOff = true;
            throw new SimCrash();
        }
    }

    /** As {@link #touch}; what a process without power still does on its way out has no effect. */
    void touchDisk() throws IOException {
        if (isOff) {
            throw new IOException("no power");
        }
        touch();
    }
}
