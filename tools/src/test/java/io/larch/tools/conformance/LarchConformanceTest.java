package io.larch.tools.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class LarchConformanceTest {
    @RegisterExtension final Servers servers = Servers.inMemory();

    @ParameterizedTest
    @ValueSource(strings = {"tour.jsonl", "random-1.jsonl", "random-2.jsonl", "random-3.jsonl"})
    void shouldAnswerAsRecordedEtcdDid(final String recording) throws IOException {
        final ServerProcess larch = servers.larchAsRecorded().start();

        final List<String> failures =
                new Conformance(larch.url(), ExpectedDifferences.LARCH)
                        .replay(Recording.resource(recording));

        assertEquals(0, failures.size(), () -> String.join("\n", failures));
    }
}
