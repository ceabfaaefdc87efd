package io.larch.tools.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The command line as Go reads it, brought into a form that picocli reads the same way. Flags have
 * one dash or two; a value follows, or stands behind an equals sign; a switch may be given one;
 * each belongs to the command it follows, before or behind the command's other words. Behind the
 * first of these, what is no flag of the command is a word as well, and so is {@code --}, which
 * otherwise ends the flags.
 */
final class GoFlags {
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    private final String[] words;
    private final List<String> flags = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private CommandLine command;
    private int next;

    private GoFlags(final CommandLine root, final String[] words) {
        this.command = root;
        this.words = words;
    }

    /** A flag that is none, or has not its value. */
    static final class BadFlagException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient CommandLine command;

        BadFlagException(final CommandLine command, final String message) {
            super(message);
            this.command = command;
        }

        /** Whose flag it is not. */
        CommandLine command() {
            return command;
        }
    }

    /**
     * The words in picocli's form.
     *
     * @throws Failure if a word that should be a command is none.
     */
    static String[] plain(final CommandLine root, final String... words)
            throws BadFlagException, Failure {
        return new GoFlags(root, words).read();
    }

    private String[] read() throws BadFlagException, Failure {
        while (next < words.length) {
            final String word = words[next++];
            if (word.equals("--")) {
                if (isLeaf()) {
                    copyRest();
                }
            } else if (word.startsWith("-") && word.length() > 1) {
                flag(word);
            } else if (isLeaf()) {
                others.add(word);
            } else {
                descend(word);
            }
        }
        if (!others.isEmpty()) {
            flags.add("--");
            flags.addAll(others);
        }
        return flags.toArray(String[]::new);
    }

    private boolean isLeaf() {
        return command.getSubcommands().isEmpty();
    }

    private void copyRest() {
        while (next < words.length) {
            others.add(words[next++]);
        }
    }

    private void descend(final String word) throws Failure {
        command = command.getSubcommands().get(word);
        if (command == null) {
            throw noCommand(word);
        }
        flags.add(word);
    }

    static Failure noCommand(final String word) {
        return new Failure(Failure.NO_COMMAND, "No help topic for '" + word + "'");
    }

    private void flag(final String word) throws BadFlagException {
        final String text = word.substring(word.startsWith("--") ? 2 : 1);
        final int equals = text.indexOf('=');
        final String name = equals < 0 ? text : text.substring(0, equals);
        final String value = equals < 0 ? null : text.substring(equals + 1);
        final OptionSpec option = option(name);
        if (option == null && !others.isEmpty()) {
            others.add(word);
            return;
        }
        if (name.isEmpty() || name.startsWith("-")) {
            throw new BadFlagException(command, "bad flag syntax: " + word);
        }
        if (option == null) {
            throw new BadFlagException(command, "flag provided but not defined: -" + name);
        }
        if (option.typeInfo().isBoolean()) {
            toggle(name, value, option);
            return;
        }
        if (value == null && next == words.length) {
            throw new BadFlagException(command, "flag needs an argument: -" + name);
        }
        flags.add(option.longestName() + "=" + (value == null ? words[next++] : value));
    }

    /** Null if the command has none of this name. */
    private OptionSpec option(final String name) {
        final CommandSpec spec = command.getCommandSpec();
        final OptionSpec option = spec.findOption("--" + name);
        return option != null ? option : spec.findOption("-" + name);
    }

    private void toggle(final String name, final String value, final OptionSpec option)
            throws BadFlagException {
        if (value == null || TRUE.contains(value)) {
            flags.add(option.longestName());
        } else if (!FALSE.contains(value)) {
            throw new BadFlagException(
                    command,
                    "invalid boolean value \"" + value + "\" for -" + name + ": parse error");
        }
    }
}
