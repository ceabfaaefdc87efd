package io.larch.tools.cpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PinnedThreadsTest {
    @Test
    void shouldLeaveTheOtherCpusToTheOtherThreads() {
        assertEquals("0,3", left("0-3", "1-2"));
        assertEquals("0-1", left("0-1", "4-5"));
    }

    @Test
    void shouldLeaveAllToTheOtherThreadsWhereNoneIsLeft() {
        assertEquals("0-1", left("0-1", "0-1"));
    }

    private static String left(final String everywhere, final String pinned) {
        return CpuList.text(
                PinnedThreads.left(CpuList.ofKernel(everywhere), CpuList.ofKernel(pinned)));
    }
}
