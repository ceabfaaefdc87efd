package io.larch.tools.backup;

import io.larch.engine.wal.WalScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A member that was written to for a while, and what it kept aside; what it held at each step. */
final class ArchivedMember {
    static final int STEPS = 60;
    private static final long STEP_NANOS = 1_000_000_000L;
    private static final int VALUE_LENGTH = 3_000;

    /** What it held. */
    record Step(Point point, long keysDigest, long kvDigest) {}

    final List<Step> steps = new ArrayList<>();
    final Path data;

    /** Of this member in the archive. */
    final Path archive;

    private long nowNanos = LoadedMember.EPOCH_NANOS;

    private ArchivedMember(final Path directory) {
        data = directory.resolve("data");
        archive = directory.resolve("archive/c1-a1");
    }

    /** It lives twice. */
    static ArchivedMember live(final Path directory) throws IOException {
        final ArchivedMember archived = new ArchivedMember(directory);
        for (int life = 0; life < 2; life++) {
            try (LoadedMember member = archived.start()) {
                for (int i = 0; i < STEPS / 2; i++) {
                    archived.step(member);
                }
                archived.await();
            }
        }
        return archived;
    }

    private LoadedMember start() {
        return new LoadedMember(
                data.resolve("member"),
                context ->
                        context.archiveDir(archive.getParent())
                                .snapshotCount(30)
                                .maxSnapshots(2)
                                .trailingEntries(5)
                                .epochNanos(() -> nowNanos)
                                .nanoTime(() -> nowNanos - LoadedMember.EPOCH_NANOS));
    }

    /** Writes of both APIs, those of v2 first; then a second passes. */
    private void step(final LoadedMember member) {
        final int number = steps.size();
        member.set("/k/" + number % 7, number + "x".repeat(VALUE_LENGTH));
        member.set("/same", "" + number);
        member.put("k" + number % 5, number + "y".repeat(VALUE_LENGTH));
        member.put("same", "" + number);
        steps.add(
                new Step(
                        new Point(
                                member.member.raft().appliedIndex(),
                                member.member.store().index(),
                                member.member.kv().index(),
                                nowNanos),
                        member.member.store().digest(),
                        member.member.kv().digest()));
        nowNanos += STEP_NANOS;
    }

    /** All that is complete is in the archive; the newest segment is not. */
    private void await() throws IOException {
        final List<Path> live = WalScanner.segments(data.resolve("member/wal"));
        final List<Path> wanted = new ArrayList<>(live.subList(0, live.size() - 1));
        wanted.addAll(files(data.resolve("member/snap")));
        while (!wanted.stream()
                .allMatch(path -> Files.exists(archive.resolve(path.getFileName())))) {
            Thread.onSpinWait();
        }
    }

    static List<Path> files(final Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    List<Path> snapshots() throws IOException {
        return files(archive).stream()
                .filter(path -> path.toString().endsWith(".snap"))
                .sorted((a, b) -> Long.compare(ArchivedFiles.indexOf(a), ArchivedFiles.indexOf(b)))
                .toList();
    }

    List<Path> segments() {
        return WalScanner.segments(archive);
    }
}
