package io.larch.tools.cpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuListTest {
    @Test
    void shouldReadListsInTheirOrder() {
        assertEquals(List.of(3), CpuList.parse("3"));
        assertEquals(List.of(2, 4, 5), CpuList.parse("2,4-5"));
        assertEquals(List.of(9, 0, 1), CpuList.parse("9, 0-1"));
        assertEquals(List.of(7), CpuList.parse("7-7"));
        assertEquals(8_191, CpuList.one("8191"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''        | no CPU in the list
                    ' '       | no CPU in the list
                    ,         | not a list of CPUs such as 2,4-5
                    1,        | not a list of CPUs such as 2,4-5
                    -1        | not a list of CPUs such as 2,4-5
                    1-        | not a list of CPUs such as 2,4-5
                    1-2-3     | not a list of CPUs such as 2,4-5
                    0-6:2     | not a list of CPUs such as 2,4-5
                    all       | not a list of CPUs such as 2,4-5
                    0x1       | not a list of CPUs such as 2,4-5
                    5-4       | 5-4 ends before it begins
                    1,1       | CPU 1 is there twice
                    0-3,2     | CPU 2 is there twice
                    8192      | CPU 8192 cannot be, the last is 8191
                    0-9999999 | CPU 9999999 cannot be, the last is 8191
                    """)
    void shouldSayWhatIsWrongWithAList(final String text, final String problem) {
        final Exception e = assertThrows(IllegalArgumentException.class, () -> CpuList.parse(text));
        assertEquals(problem, e.getMessage());
    }

    @Test
    void shouldSayWhatIsWrongWithOne() {
        for (final String text : List.of("", "-1", "1,2", "1-2", "two", "9999999999")) {
            final Exception e =
                    assertThrows(IllegalArgumentException.class, () -> CpuList.one(text));
            assertEquals("not the number of a CPU", e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> CpuList.one("8192"));
    }

    @Test
    void shouldWriteListsAsTheKernelDoes() {
        for (final String text : List.of("", "0", "0-1", "1,3", "0,2-5,7-8", "63-64,200")) {
            assertEquals(text, CpuList.text(CpuList.ofKernel(text)));
        }
        assertEquals("2,4-5", CpuList.text(CpuList.set(List.of(5, 2, 4))));
        assertEquals(new BitSet(), CpuList.ofKernel("\n"));
    }
}
