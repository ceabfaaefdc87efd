package io.larch.bench.failover;

import io.larch.bench.members.LocalMembers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Kills leaders and prints, for each, how long no write was done anywhere, and what became of the
 * writes that were sent to the survivors meanwhile; {@code tools/bin/larch-bench failover}.
 */
public final class FailoverMain {
    private static final long ROUND_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long AFTERWARDS_MS = 200;
    private static final long BEFORE_MS = 500;

    private FailoverMain() {}

    /** Runs as told by {@code --name=value} arguments; exits with 2 when they are wrong. */
    public static void main(final String[] args) throws IOException, InterruptedException {
        final FailoverContext context;
        try {
            context = FailoverContext.parse(args);
        } catch (final IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(FailoverContext.USAGE);
            System.exit(2);
            return;
        }
        final double[] gapsMs = new double[context.rounds()];
        int failed = 0;
        int sent = 0;
        final Path data =
                context.data() != null
                        ? Files.createDirectories(context.data())
                        : Files.createTempDirectory(Path.of("/var/tmp"), "larch-failover");
        try (LocalMembers members =
                new LocalMembers(
                        context.server(),
                        context.members(),
                        data,
                        context.basePort(),
                        context.flags())) {
            members.startAll();
            for (int round = 0; round < context.rounds(); round++) {
                final Round result = round(context, members);
                gapsMs[round] = result.gapNanos() / 1e6;
                sent += result.sent();
                failed += result.failed();
                System.out.printf(
                        Locale.ROOT,
                        "round %d: no write for %.0f ms; %d sent to survivors meanwhile, %d failed%n",
                        round + 1,
                        gapsMs[round],
                        result.sent(),
                        result.failed());
            }
        }
        Arrays.sort(gapsMs);
        System.out.printf(
                Locale.ROOT,
                "%s, heartbeat %d ms, election %d ms: median %.0f ms, min %.0f, max %.0f; of %d writes sent in the"
                        + " gaps %d failed%n",
                context.server(),
                context.heartbeatMs(),
                context.electionMs(),
                gapsMs[gapsMs.length / 2],
                gapsMs[0],
                gapsMs[gapsMs.length - 1],
                sent,
                failed);
        System.exit(0);
    }

    private record Round(long gapNanos, int sent, int failed) {}

    private static Round round(final FailoverContext context, final LocalMembers members)
            throws IOException, InterruptedException {
        final int leader = members.awaitLeader();
        final WriteProbe probe = new WriteProbe();
        probeFor(context, members, probe, leader, BEFORE_MS);
        final Thread killer =
                new Thread(
                        () -> {
                            try {
                                members.kill(leader);
                            } catch (final InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        final long killNanos = System.nanoTime();
        killer.start();
        final long deadline = killNanos + ROUND_LIMIT_NANOS;
        // What was on its way when the leader died may still be done; the gap ends with a write
        // that was sent well after that.
        final long deadNanos = killNanos + TimeUnit.MILLISECONDS.toNanos(20);
        while (!probe.isDoneSince(deadNanos)) {
            probeFor(context, members, probe, leader, context.intervalMs());
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("no write within 30 s of the leader's end");
            }
        }
        probeFor(context, members, probe, leader, AFTERWARDS_MS);
        while (probe.inFlight() > 0) {
            Thread.sleep(10);
        }
        killer.join();
        members.start(leader);
        final long backNanos =
                probe.writes().stream()
                        .filter(w -> w.isDone() && w.sentNanos() - deadNanos > 0)
                        .mapToLong(w -> w.answeredNanos() - killNanos)
                        .min()
                        .orElseThrow();
        final int sent =
                (int)
                        probe.writes().stream()
                                .filter(w -> w.sentNanos() - killNanos > 0)
                                .filter(w -> w.sentNanos() - killNanos < backNanos)
                                .count();
        final int failed =
                (int)
                        probe.writes().stream()
                                .filter(w -> !w.isDone())
                                .filter(w -> w.sentNanos() - killNanos > 0)
                                .count();
        return new Round(backNanos, sent, failed);
    }

    private static void probeFor(
            final FailoverContext context,
            final LocalMembers members,
            final WriteProbe probe,
            final int leader,
            final long ms)
            throws InterruptedException {
        final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        do {
            for (int i = 0; i < context.members(); i++) {
                if (i != leader) {
                    probe.send(members.clientUrl(i));
                }
            }
            Thread.sleep(context.intervalMs());
        } while (System.nanoTime() - end < 0);
    }
}
