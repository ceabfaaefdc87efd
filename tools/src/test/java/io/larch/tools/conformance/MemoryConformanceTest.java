package io.larch.tools.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same recordings as for a process, against the edge and the engine in this one. */
class MemoryConformanceTest {
    @ParameterizedTest
    @ValueSource(strings = {"tour.jsonl", "random-1.jsonl", "random-2.jsonl", "random-3.jsonl"})
    void shouldAnswerAsRecordedEtcdDid(final String recording) throws IOException {
        try (MemoryMember member = MemoryMember.start()) {
            final List<String> failures =
                    new Conformance(member.url(), ExpectedDifferences.LARCH)
                            .replay(Recording.resource(recording));

            assertEquals(0, failures.size(), () -> String.join("\n", failures));
        }
    }
}
