package io.larch.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a run starts with: how many members, and how they are configured. Part of every recorded
 * run.
 *
 * @param size members of the first configuration.
 * @param threaded bit i: the member at place i syncs its log beside the engine.
 * @param mapped bit i: the member at place i appends through a mapping.
 * @param segmentBytes of the log.
 * @param snapshotCount applied entries between snapshots.
 * @param trailing entries kept behind a snapshot.
 * @param eventHistory events kept for watches.
 * @param window messages under way to one peer.
 * @param batch entries of one message.
 * @param heartbeatMs between two heartbeats; an election takes ten times as long.
 * @param streams 1: the network has connections, 0: datagrams.
 * @param revisions 1: members have the v3 API from the start.
 * @param quotaBytes of the keys of the v3 API; 0: as many as there may be.
 */
record Setting(
        int size,
        int threaded,
        int mapped,
        int segmentBytes,
        int snapshotCount,
        int trailing,
        int eventHistory,
        int window,
        int batch,
        int heartbeatMs,
        int streams,
        int revisions,
        int quotaBytes) {
    private static final int LITTLE_ROOM = 40_000;

    static Setting draw(final SplittableRandom random) {
        final int[] snapshotCounts = {20, 50, 150, 10_000};
        final int[] trailing = {0, 5, 30};
        final int[] segments = {4 << 12, 8 << 12, 16 << 12};
        final int size = 1 + random.nextInt(7);
        final int threaded = random.nextInt(1 << SimNetwork.PLACES);
        return new Setting(
                size,
                threaded,
                random.nextInt(4) == 0 ? random.nextInt(1 << SimNetwork.PLACES) : 0,
                segments[random.nextInt(segments.length)],
                snapshotCounts[random.nextInt(snapshotCounts.length)],
                trailing[random.nextInt(trailing.length)],
                random.nextInt(3) == 0 ? 20 : 1000,
                random.nextInt(3) == 0 ? 1 : 256,
                random.nextInt(3) == 0 ? 1 : 64,
                1,
                random.nextInt(3) == 0 ? 1 : 0,
                // Not drawn, so that a seed without it is the day that it was before.
                threaded & 1,
                (threaded & 6) == 0 ? LITTLE_ROOM : 0);
    }

    Setting withSize(final int newSize) {
        return new Setting(
                newSize,
                threaded,
                mapped,
                segmentBytes,
                snapshotCount,
                trailing,
                eventHistory,
                window,
                batch,
                heartbeatMs,
                streams,
                revisions,
                quotaBytes);
    }

    /** For those who hold locks, who are not refused. */
    Setting forLocks(final int newHeartbeatMs) {
        return new Setting(
                size,
                threaded,
                mapped,
                segmentBytes,
                snapshotCount,
                trailing,
                eventHistory,
                window,
                batch,
                newHeartbeatMs,
                streams,
                revisions,
                0);
    }

    boolean isOverStreams() {
        return streams != 0;
    }

    boolean hasRevisions() {
        return revisions != 0;
    }

    boolean isThreaded(final int place) {
        return (threaded >>> place & 1) != 0;
    }

    boolean isMapped(final int place) {
        return (mapped >>> place & 1) != 0;
    }

    List<String> lines() {
        final List<String> lines = new ArrayList<>();
        lines.add("size=" + size);
        lines.add("threaded=" + threaded);
        lines.add("mapped=" + mapped);
        lines.add("segmentBytes=" + segmentBytes);
        lines.add("snapshotCount=" + snapshotCount);
        lines.add("trailing=" + trailing);
        lines.add("eventHistory=" + eventHistory);
        lines.add("window=" + window);
        lines.add("batch=" + batch);
        lines.add("heartbeatMs=" + heartbeatMs);
        lines.add("streams=" + streams);
        lines.add("revisions=" + revisions);
        lines.add("quotaBytes=" + quotaBytes);
        return lines;
    }

    static Setting parse(final List<String> lines) {
        final int[] values = new int[13];
        values[9] = 1;
        final List<String> names = new Setting(1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0).names();
        for (final String line : lines) {
            final int equals = line.indexOf('=');
            final int i = names.indexOf(line.substring(0, equals));
            if (i < 0) {
                throw new IllegalArgumentException("unknown setting: " + line);
            }
            values[i] = Integer.parseInt(line.substring(equals + 1));
        }
        return new Setting(
                values[0],
                values[1],
                values[2],
                values[3],
                values[4],
                values[5],
                values[6],
                values[7],
                values[8],
                values[9],
                values[10],
                values[11],
                values[12]);
    }

    private List<String> names() {
        return lines().stream().map(line -> line.substring(0, line.indexOf('='))).toList();
    }
}
