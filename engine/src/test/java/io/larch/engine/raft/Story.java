package io.larch.engine.raft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A scenario in a text file: comments that say what it shows, then sections, each of commands, a
 * line {@code ----}, and the trace they leave, up to an empty line.
 *
 * <p>The comment {@code # Keeps: RULE ...} names the rules without which the story would come out
 * otherwise.
 */
final class Story {
    private static final Pattern KEEPS = Pattern.compile("^# Keeps: (.*)$");
    private static final String RULER = "----";

    private final String name;
    private final List<String> lines;
    private final Set<Rule> rules = EnumSet.noneOf(Rule.class);

    Story(final String name, final List<String> lines) {
        this.name = name;
        this.lines = lines;
        for (final String line : lines) {
            final Matcher matcher = KEEPS.matcher(line);
            if (matcher.matches()) {
                for (final String rule : matcher.group(1).trim().split("\\s+")) {
                    rules.add(Rule.valueOf(rule));
                }
            }
        }
    }

    static Story read(final Path file) throws IOException {
        return new Story(
                file.getFileName().toString(), Files.readAllLines(file, StandardCharsets.UTF_8));
    }

    /** All stories of a folder, by name. */
    static List<Story> readAll(final Path folder) throws IOException {
        final List<Story> stories = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.sorted().toList()) {
                stories.add(read(file));
            }
        }
        return stories;
    }

    /** The rules that this story is about. */
    Set<Rule> rules() {
        return rules;
    }

    List<String> lines() {
        return lines;
    }

    /**
     * Plays the story.
     *
     * @return its text with the trace that it left now.
     */
    List<String> play(final Set<Rule> broken) {
        final StoryCommands commands = new StoryCommands(broken, true);
        final List<String> text = new ArrayList<>();
        int at = 0;
        boolean isOver = false;
        while (at < lines.size()) {
            final String line = lines.get(at++);
            text.add(line);
            if (!line.equals(RULER) && !line.isBlank() && !line.startsWith("#")) {
                isOver = isOver || !run(commands, line);
            } else if (line.equals(RULER)) {
                text.addAll(commands.trace());
                commands.trace().clear();
                while (at < lines.size() && !lines.get(at).isBlank()) {
                    at++;
                }
            }
        }
        return text;
    }

    /**
     * @return false when the story ends here, as an invariant does not hold.
     */
    private static boolean run(final StoryCommands commands, final String line) {
        try {
            commands.run(line);
            return true;
        } catch (final SimWorld.Broken broken) {
            commands.trace().add("BROKEN: " + broken.getMessage());
            return false;
        } catch (final RaftInvariantError | RuntimeException error) {
            commands.trace().add("FAILED: " + line + ": " + error);
            return false;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
