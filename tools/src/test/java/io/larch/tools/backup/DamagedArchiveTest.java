package io.larch.tools.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.larch.engine.EngineContext;
import io.larch.engine.Replay;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.keys.KeysApplication;
import io.larch.engine.kv.KvApplication;
import io.larch.tools.backup.ArchivedMember.Step;
import io.larch.tools.backup.BackupException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever has become of the files of an archive: a state that the member had is made, or the
 * restore is refused with a file's name and leaves nothing.
 */
@Tag("slow")
@Tag("fused-only")
class DamagedArchiveTest {
    private static final long SEED = Long.getLong("larch.archive.seed", 1);
    private static final int CASES = Integer.getInteger("larch.archive.cases", 20);
    private static final int[] LENGTHS = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 24};
    private static final int HEAD = 64;

    @TempDir static Path once;
    private static ArchivedMember member;

    @TempDir Path directory;

    @BeforeAll
    static void live() throws IOException {
        member = ArchivedMember.live(once);
    }

    @Test
    void shouldMakeWhatTheMemberHadOrNothing() throws Exception {
        int made = 0;
        for (int i = 0; i < CASES; i++) {
            made += oneCase(SEED + i) ? 1 : 0;
        }
        assertTrue(made > 0);
    }

    /** Whether a state was made. */
    private boolean oneCase(final long seed) throws IOException {
        final Random random = new Random(seed);
        final Path archive = Files.createDirectories(directory.resolve(seed + "/c1-a1"));
        final Path target = archive.resolveSibling("new");
        for (final Path file : ArchivedMember.files(member.archive)) {
            Files.copy(file, archive.resolve(file.getFileName()));
        }
        final StringBuilder done = new StringBuilder("seed " + seed + ":");
        for (int i = random.nextInt(4); i >= 0; i--) {
            final List<Path> files = ArchivedMember.files(archive);
            if (!files.isEmpty()) {
                damage(files.get(random.nextInt(files.size())), files, random, done);
            }
        }
        final Step step = member.steps.get(random.nextInt(member.steps.size()));
        // Behind the last of a life come entries without a time.
        final boolean hasTime = (member.steps.indexOf(step) + 1) % (ArchivedMember.STEPS / 2) != 0;
        final Moment moment =
                switch (random.nextInt(4)) {
                    case 0 -> new Moment(Moment.By.STORE_INDEX, step.point().storeIndex());
                    case 1 -> new Moment(Moment.By.RAFT_INDEX, step.point().raftIndex());
                    case 2 ->
                            hasTime
                                    ? new Moment(Moment.By.TIME, step.point().timeNanos() + 9)
                                    : Moment.NEWEST;
                    default -> Moment.NEWEST;
                };
        done.append(' ').append(moment);
        final List<String> remarks = new ArrayList<>();
        try (PastState past = PastState.open(List.of(archive), moment, remarks::add)) {
            Founders.of("a", "a=http://127.0.0.1:1001", "new", "")
                    .member(target)
                    .restore(past, false);
            // What shares the index, and was broken off, is told.
            final boolean isWhole =
                    remarks.stream().noneMatch(line -> line.endsWith(" is left out"));
            assertHeld(target, moment.by() == Moment.By.NOTHING || !isWhole ? null : step, done);
            return true;
        } catch (final BackupException e) {
            assertTrue(!Files.exists(target.resolve("member")), done::toString);
            assertTrue(
                    e.getMessage().contains(archive.toString()) && e.kind() != Kind.REFUSED
                            || e.kind() == Kind.NOT_THERE,
                    () -> done + " -> " + e.kind() + " " + e.getMessage());
            return false;
        } catch (final RuntimeException | Error e) {
            return fail(done.toString(), e);
        } finally {
            MemberDirectory.removeTree(archive.getParent());
        }
    }

    private static void damage(
            final Path file, final List<Path> files, final Random random, final StringBuilder done)
            throws IOException {
        done.append(' ').append(file.getFileName());
        if (Files.isDirectory(file)) {
            return;
        }
        final byte[] bytes = Files.readAllBytes(file);
        final int at =
                bytes.length == 0
                        ? 0
                        : random.nextInt(
                                random.nextBoolean() ? bytes.length : Math.min(HEAD, bytes.length));
        done.append(" at ").append(at);
        switch (random.nextInt(8)) {
            case 0 -> {
                done.append(" flipped");
                if (bytes.length > 0) {
                    bytes[at] ^= (byte) (1 << random.nextInt(8));
                }
                Files.write(file, bytes);
            }
            case 1 -> {
                done.append(" cut");
                Files.write(file, Arrays.copyOf(bytes, at));
            }
            case 2 -> {
                done.append(" empty");
                Files.write(file, new byte[0]);
            }
            case 3 -> {
                done.append(" deleted");
                Files.delete(file);
            }
            case 4 -> {
                done.append(" number");
                if (at + Integer.BYTES <= bytes.length) {
                    ByteBuffer.wrap(bytes)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(at, LENGTHS[random.nextInt(LENGTHS.length)]);
                }
                Files.write(file, bytes);
            }
            case 5 -> {
                done.append(" longer");
                final byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9000));
                longer[longer.length - 1] = (byte) random.nextInt(2);
                Files.write(file, longer);
            }
            case 6 -> {
                done.append(" directory");
                Files.delete(file);
                Files.createDirectory(file);
            }
            default -> {
                final Path other = files.get(random.nextInt(files.size()));
                done.append(" is ").append(other.getFileName());
                if (!Files.isDirectory(other)) {
                    Files.write(file, Files.readAllBytes(other));
                }
            }
        }
    }

    private static void assertHeld(final Path target, final Step step, final StringBuilder done)
            throws IOException {
        final EngineContext context =
                LoadedMember.context(target.resolve("member")).memberId(1).clusterId(1);
        try (Replay state = Replay.open(context)) {
            final KeysApplication keys = (KeysApplication) state.application(KeysCommand.DOMAIN);
            final KvApplication kv = (KvApplication) state.application(KvCommand.DOMAIN);
            if (step != null) {
                assertEquals(step.keysDigest(), keys.store().digest(), done::toString);
                assertEquals(step.kvDigest(), kv.digest(), done::toString);
                return;
            }
            done.append(" reached " + state.storeIndex() + " " + state.revision());
            final List<Step> same =
                    member.steps.stream()
                            .filter(each -> each.point().storeIndex() == state.storeIndex())
                            .filter(each -> each.point().revision() == state.revision())
                            .toList();
            if (!same.isEmpty()) {
                assertEquals(same.get(0).keysDigest(), keys.store().digest(), done::toString);
                assertEquals(same.get(0).kvDigest(), kv.digest(), done::toString);
            }
        }
    }
}
