package io.larch.engine.raft;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Plays a story, or the actions of a failed simulation, and makes it short. */
public final class StoryTool {
    private StoryTool() {}

    /** Takes {@code replay FILE} or {@code shrink FILE}. */
    public static void run(final String[] args, final PrintStream out) throws IOException {
        final List<String> lines = StoryShrinker.commands(Files.readAllLines(Path.of(args[1])));
        final String title = Path.of(args[1]).getFileName().toString();
        switch (args[0]) {
            case "replay" -> StoryShrinker.told(title, lines, Set.of()).forEach(out::println);
            case "shrink" -> shrink(title, lines, out);
            default -> throw new IllegalArgumentException("replay FILE or shrink FILE: " + args[0]);
        }
    }

    private static void shrink(
            final String title, final List<String> lines, final PrintStream out) {
        if (StoryShrinker.failure(lines, Set.of()) == null) {
            out.println("nothing is broken");
            return;
        }
        StoryShrinker.told(title, new StoryShrinker(lines, Set.of()).shrink(), Set.of())
                .forEach(out::println);
    }
}
