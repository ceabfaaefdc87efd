package io.larch.engine.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.EntryKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random writes, syncs, compactions, crashes and failing disks beside a list in memory. After each
 * crash the log must be what it was after some write that was not in front of the last sync.
 */
class WalModelTest {
    private static final int FEW_SEEDS = 80;
    private static final int MANY_SEEDS = 400;
    private static final int STEPS = 250;

    private record Entry(long term, String body) {}

    /** What the log should hold. Immutable. */
    private record Model(
            long baseIndex,
            long baseTerm,
            List<Entry> entries,
            long term,
            long votedFor,
            long commitIndex) {
        long lastIndex() {
            return baseIndex + entries.size();
        }

        long termAt(final long index) {
            return index == baseIndex
                    ? baseTerm
                    : entries.get((int) (index - baseIndex - 1)).term();
        }

        Model with(final long base, final long termOfBase, final List<Entry> list) {
            return new Model(base, termOfBase, list, term, votedFor, commitIndex);
        }
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldRecoverAStateNotOlderThanTheLastSync(final AppendPath appendPath) {
        runAll(0, FEW_SEEDS, appendPath);
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    @Tag("slow")
    void shouldRecoverWithMoreSeeds(final AppendPath appendPath) {
        runAll(FEW_SEEDS, MANY_SEEDS, appendPath);
    }

    private static void runAll(final long first, final long end, final AppendPath appendPath) {
        for (long seed = first; seed < end; seed++) {
            try {
                new Run(seed, appendPath).run();
            } catch (final RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static final class Run {
        private final SplittableRandom random;
        private final AppendPath appendPath;
        private final SimulatedDirectory disk = new SimulatedDirectory();
        private final TreeMap<Long, Model> states = new TreeMap<>();
        private Model model = new Model(0, 0, List.of(), 0, 0, 0);
        private WriteAheadLog log;
        private int bodies;

        Run(final long seed, final AppendPath appendPath) {
            random = new SplittableRandom(seed);
            this.appendPath = appendPath;
        }

        void run() {
            open();
            states.put(0L, model);
            for (int step = 0; step < STEPS; step++) {
                try {
                    step();
                    states.put(log.position(), model);
                } catch (final WalFailedException e) {
                    crash();
                }
                check();
            }
        }

        private void open() {
            log =
                    WriteAheadLog.open(
                            new WalContext()
                                    .files(disk)
                                    .appendPath(appendPath)
                                    .segmentLengthBytes(4096)
                                    .firstSegmentLengthBytes(4096)
                                    .stagingLengthBytes(4096)
                                    .maxWals(random.nextInt(4))
                                    .ownThreads(false));
        }

        private void step() {
            final int dice = random.nextInt(100);
            if (dice < 50) {
                append();
            } else if (dice < 58) {
                log.sync();
            } else if (dice < 62) {
                log.requestSync();
                log.syncWork();
            } else if (dice < 65) {
                log.flush();
            } else if (dice < 72) {
                saveHardState();
            } else if (dice < 80) {
                truncate();
            } else if (dice < 86) {
                compact();
            } else if (dice < 87) {
                reset();
            } else if (dice < 95) {
                log.poolWork();
            } else if (dice < 96) {
                disk.forcesUntilFailure = random.nextInt(4);
            } else if (dice < 97) {
                disk.writesUntilFailure = random.nextInt(4);
            } else {
                crash();
            }
        }

        private void append() {
            final int length = random.nextInt(20) == 0 ? random.nextInt(6000) : random.nextInt(200);
            final String body = ("#" + ++bodies + "-").repeat(1 + length / 4);
            final long term = model.termAt(model.lastIndex()) + random.nextInt(2);
            final UnsafeBuffer bytes = new UnsafeBuffer(body.getBytes(StandardCharsets.UTF_8));
            final long index = log.append(term, EntryKind.COMMAND, bytes, 0, bytes.capacity());
            assertEquals(model.lastIndex() + 1, index);
            final List<Entry> entries = new ArrayList<>(model.entries());
            entries.add(new Entry(term, body));
            model = model.with(model.baseIndex(), model.baseTerm(), entries);
        }

        private void saveHardState() {
            final long term = Math.max(model.term(), model.termAt(model.lastIndex()));
            final long commit = Math.min(model.lastIndex(), model.baseIndex() + random.nextInt(10));
            final long vote = random.nextInt(5);
            log.saveHardState(term, vote, commit);
            model =
                    new Model(
                            model.baseIndex(),
                            model.baseTerm(),
                            model.entries(),
                            term,
                            vote,
                            commit);
        }

        private void truncate() {
            if (!model.entries().isEmpty()) {
                final int keep = random.nextInt(model.entries().size());
                log.truncateFrom(model.baseIndex() + keep + 1);
                model =
                        model.with(
                                model.baseIndex(),
                                model.baseTerm(),
                                List.copyOf(model.entries().subList(0, keep)));
            }
        }

        private void compact() {
            final int count = random.nextInt(model.entries().size() + 1);
            final long index = model.baseIndex() + count;
            log.compact(index);
            model =
                    model.with(
                            index,
                            model.termAt(index),
                            List.copyOf(model.entries().subList(count, model.entries().size())));
        }

        private void reset() {
            final long index = model.lastIndex() + random.nextInt(100);
            final long term = model.termAt(model.lastIndex()) + random.nextInt(2);
            log.resetTo(index, term);
            model = model.with(index, term, List.of());
        }

        private void crash() {
            final long durablePosition = log.durablePosition();
            disk.forcesUntilFailure = -1;
            disk.writesUntilFailure = -1;
            if (random.nextInt(3) == 0) {
                disk.kill();
            } else {
                disk.crash(random);
            }
            open();
            assertTrue(
                    log.position() >= durablePosition,
                    () -> "durable " + durablePosition + ", recovered " + log.position());
            final Map.Entry<Long, Model> recovered = states.floorEntry(log.position());
            model = recovered.getValue();
            assertTrue(log.firstIndex() <= model.baseIndex() + 1, "first index");
            states.tailMap(log.position(), false).clear();
            final long first = log.firstIndex();
            if (first <= model.baseIndex()) {
                // The compaction itself was lost: go on with the model's view of it.
                log.compact(model.baseIndex());
            }
            states.put(log.position(), model);
        }

        private void check() {
            assertEquals(model.baseIndex() + 1, log.firstIndex());
            assertEquals(model.lastIndex(), log.lastIndex());
            assertEquals(model.baseTerm(), log.term(model.baseIndex()));
            assertEquals(-1, log.term(model.lastIndex() + 1));
            assertEquals(-1, log.term(model.baseIndex() - 1));
            final List<Entry> entries = new ArrayList<>();
            log.read(
                    log.firstIndex(),
                    log.lastIndex(),
                    Long.MAX_VALUE,
                    (index, term, kind, body, offset, length) ->
                            entries.add(
                                    new Entry(
                                            term,
                                            body.getStringWithoutLengthUtf8(offset, length))));
            assertEquals(model.entries(), entries);
            if (model.term() >= model.termAt(model.lastIndex())) {
                assertEquals(model.term(), log.hardStateTerm());
                assertEquals(model.votedFor(), log.votedFor());
            }
        }
    }
}
