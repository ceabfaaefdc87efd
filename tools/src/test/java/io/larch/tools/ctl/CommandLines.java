package io.larch.tools.ctl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The list of {@code commands.txt}. */
final class CommandLines {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final String BAR = " | ";

    private CommandLines() {}

    /**
     * A command line.
     *
     * @param input of the program; empty: none.
     */
    record Line(String text, String input, List<String> words) {
        private static Line of(final String text) {
            final int bar = text.indexOf(BAR);
            final List<String> words = new ArrayList<>();
            final Matcher word = WORD.matcher(bar < 0 ? text : text.substring(bar + BAR.length()));
            while (word.find()) {
                words.add(word.group(1) == null ? word.group(2) : word.group(1));
            }
            return new Line(text, bar < 0 ? "" : text.substring(0, bar) + "\n", words);
        }
    }

    static List<Line> all() throws IOException {
        try (InputStream file = CommandLines.class.getResourceAsStream("commands.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Line::of)
                    .toList();
        }
    }
}
