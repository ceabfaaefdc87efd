package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.codec.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member cut off from the others is asked for writes, and does not hand them on too late. */
class UnsentWriteTest {
    @TempDir Path directory;

    private TestCluster cluster;
    private TestCluster.Node cutOff;

    @BeforeEach
    void start() {
        cluster = new TestCluster(directory, 3);
        cutOff = cluster.leader();
        cluster.run(500);
        cluster.network.isolate(cutOff.place);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldDropAWriteThatWaitsForALeaderWhenItsClientIsGone() {
        cluster.run(2_500);
        final long dropped = cutOff.set("/gone", "1");
        final long kept = cutOff.set("/waits", "1");
        cluster.run(100);
        cutOff.edge.cancel(dropped);

        heal();

        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), cutOff.get("/gone").errorCode());
        assertEquals("1", cutOff.get("/waits").value());
        cutOff.assertAnsweredOnce(kept);
        assertEquals(
                List.of(ErrorCode.RAFT_INTERNAL.code()),
                cutOff.edge.answersTo(dropped).stream().map(TestEdge.Answer::errorCode).toList());
    }

    @Test
    void shouldNotProposeAnewWhatWasInTheLogOfALeaderThatIsNoneAnyMore() {
        final long gone = cutOff.set("/gone", "1");
        final long kept = cutOff.set("/waits", "1");
        cluster.run(100);
        cutOff.edge.cancel(gone);
        cluster.run(2_500);

        heal();

        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), cutOff.get("/gone").errorCode());
        assertEquals("1", cutOff.get("/waits").value());
        cutOff.assertAnsweredOnce(kept);
    }

    private void heal() {
        cluster.network.heal();
        cluster.run(3_000);
        cluster.settle();
    }
}
