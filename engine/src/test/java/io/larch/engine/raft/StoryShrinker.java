package io.larch.engine.raft;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Makes a story short that breaks an invariant: leaves out commands, members and kinds of faults as
 * long as the same invariant breaks (delta debugging).
 */
final class StoryShrinker {
    private static final int MOST_PLAYS = 20_000;
    private static final Set<String> HEAD = Set.of("strict", "options", "members", "disk");

    private final Set<Rule> broken;
    private final String failure;
    private List<String> lines;
    private int plays;

    /**
     * @param lines the commands; no sections, no trace.
     */
    StoryShrinker(final List<String> lines, final Set<Rule> broken) {
        this.broken = broken;
        this.lines = commands(lines);
        failure = failure(this.lines, broken);
        if (failure == null) {
            throw new IllegalArgumentException("the story breaks nothing");
        }
    }

    /** The commands of a story, without comments, rulers and traces. */
    static List<String> commands(final List<String> text) {
        final List<String> commands = new ArrayList<>();
        boolean isTrace = false;
        for (final String line : text) {
            isTrace = line.equals("----") || isTrace && !line.isBlank();
            if (!isTrace && !line.isBlank() && !line.startsWith("#")) {
                commands.add(line);
            }
        }
        return commands;
    }

    /** Which invariant breaks, without the numbers of the case; null = none. */
    static String failure(final List<String> lines, final Set<Rule> broken) {
        final String message = play(lines, broken);
        return message == null ? null : message.replaceAll("[0-9]+", "N");
    }

    /** Carries out what can be; what breaks, or null. */
    private static String play(final List<String> lines, final Set<Rule> broken) {
        final StoryCommands commands = new StoryCommands(broken, false);
        for (final String line : lines) {
            try {
                commands.run(line);
            } catch (final SimWorld.Broken error) {
                return error.getMessage();
            } catch (final IllegalArgumentException | IllegalStateException error) {
                // It names a member that was left out, or the like.
                continue;
            }
        }
        return null;
    }

    /** A short story that fails in the same way, as far as the budget allows. */
    List<String> shrink() {
        leaveOutChunks();
        leaveOutMembers();
        leaveOutKinds();
        leaveOutChunks();
        return lines;
    }

    private boolean isStillBroken(final List<String> candidate) {
        return plays++ < MOST_PLAYS && failure.equals(failure(candidate, broken));
    }

    private boolean keepIfBroken(final List<String> candidate) {
        if (candidate.size() < lines.size() && isStillBroken(candidate)) {
            lines = candidate;
            return true;
        }
        return false;
    }

    private void leaveOutChunks() {
        boolean isShorter = true;
        while (isShorter) {
            final int before = lines.size();
            for (int length = Math.max(1, lines.size() / 2); length > 0; length /= 2) {
                // From the end: what follows the damage goes first.
                for (int end = lines.size(); end > headLength(); end -= length) {
                    final int start = Math.max(headLength(), end - length);
                    final List<String> candidate = new ArrayList<>(lines.subList(0, start));
                    candidate.addAll(lines.subList(Math.min(end, lines.size()), lines.size()));
                    keepIfBroken(candidate);
                }
            }
            isShorter = lines.size() < before && plays < MOST_PLAYS;
        }
    }

    private int headLength() {
        int length = 0;
        while (length < lines.size() && HEAD.contains(word(lines.get(length)))) {
            length++;
        }
        return length;
    }

    private static String word(final String line) {
        return line.split(" ", 2)[0];
    }

    private void leaveOutMembers() {
        final Set<String> ids = new LinkedHashSet<>();
        for (final String line : lines) {
            if (word(line).equals("members") || word(line).equals("add")) {
                ids.addAll(List.of(line.replaceAll("[^0-9 ]", "").trim().split(" +")));
            }
        }
        for (final String id : ids) {
            final Predicate<String> names =
                    line -> line.matches("[a-z]+ (.*->)?" + id + "(->.*| .*|)( .*)?");
            final List<String> candidate = new ArrayList<>();
            for (final String line : lines) {
                if (word(line).equals("members")) {
                    candidate.add(line.replaceAll(" " + id + "(?= |$)", ""));
                } else if (!names.test(line)) {
                    candidate.add(line);
                }
            }
            keepIfBroken(candidate);
        }
    }

    private void leaveOutKinds() {
        final Set<String> kinds = new LinkedHashSet<>();
        lines.subList(headLength(), lines.size()).forEach(line -> kinds.add(word(line)));
        final int head = headLength();
        for (final String kind : kinds) {
            final List<String> candidate = new ArrayList<>(lines.subList(0, head));
            lines.subList(head, lines.size()).stream()
                    .filter(line -> !word(line).equals(kind))
                    .forEach(candidate::add);
            keepIfBroken(candidate);
        }
    }

    /** Commands as a story that tells what happens, ready to be put beside the others. */
    static List<String> told(
            final String title, final List<String> commands, final Set<Rule> broken) {
        final List<String> text = new ArrayList<>();
        text.add("# " + title);
        text.add("");
        for (final String line : commands) {
            if (text.size() > 2 && !HEAD.contains(word(line)) && !text.contains("trace messages")) {
                text.add("trace messages");
            }
            text.add(line);
        }
        text.add("----");
        return new Story(title, text).play(broken);
    }
}
