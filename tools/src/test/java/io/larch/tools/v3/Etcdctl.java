package io.larch.tools.v3;

import io.larch.tools.system.Command;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Debian's etcdctl of 3.4, told by its environment to speak v3.
 *
 * @param endpoints one server, or several with commas in between.
 */
record Etcdctl(String endpoints) {
    private static final Path PROGRAM = Path.of("/usr/bin/etcdctl");
    private static final Map<String, String> V3 = Map.of("ETCDCTL_API", "3");
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

    /** Of results that were not as they should be: how many are told, from the first on. */
    private static final int MAX_SHOWN = 8;

    Etcdctl(final URI endpoint) {
        this(endpoint.toString());
    }

    /** Whether tests of it run: it is there, or must be. */
    static boolean isWanted() {
        return Files.isExecutable(PROGRAM) || Servers.arePeersRequired();
    }

    /** Runs it to its end. */
    Command.Result run(final String... arguments) throws Exception {
        return start(arguments).await();
    }

    /** Starts it. */
    Command.Running start(final String... arguments) throws IOException {
        return Command.start(V3, words(arguments));
    }

    /** Starts it, with an input that the caller writes and closes. */
    Command.Running converse(final String... arguments) throws IOException {
        return Command.converse(V3, words(arguments));
    }

    /** Runs it with this as its input. */
    Command.Result runWith(final String input, final String... arguments) throws Exception {
        final Path file = Files.createTempFile("larch-etcdctl", ".txt");
        try {
            Files.writeString(file, input);
            return Command.run(
                    V3,
                    List.of("/bin/sh", "-c", String.join(" ", words(arguments)) + " < " + file));
        } finally {
            Files.delete(file);
        }
    }

    private List<String> words(final String... arguments) {
        final List<String> words =
                new ArrayList<>(List.of(PROGRAM.toString(), "--endpoints", endpoints));
        words.addAll(List.of(arguments));
        return words;
    }

    /** Runs it until it says what it should, or half a minute has gone. */
    void await(final Predicate<Command.Result> isThat, final String... arguments) throws Exception {
        final long start = System.nanoTime();
        final Set<Command.Result> others = new LinkedHashSet<>();
        Command.Result result = run(arguments);
        while (!isThat.test(result)) {
            others.add(result);
            if (System.nanoTime() - start > LIMIT_NS) {
                throw new AssertionError(
                        String.join(" ", arguments)
                                + ": "
                                + others.stream().limit(MAX_SHOWN).toList()
                                + " ... "
                                + result);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            result = run(arguments);
        }
    }

    /** What it has printed when that is as it should be, or after half a minute. */
    static String await(final Command.Running running, final Predicate<String> isThat)
            throws IOException {
        final long start = System.nanoTime();
        String output = running.outputSoFar();
        while (!isThat.test(output) && System.nanoTime() - start < LIMIT_NS) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            output = running.outputSoFar();
        }
        return output;
    }
}
