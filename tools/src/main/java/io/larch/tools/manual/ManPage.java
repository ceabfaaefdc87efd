package io.larch.tools.manual;

import java.util.Locale;

/**
 * A page of the manual, as groff and mandoc read it: sections, paragraphs, and terms with what they
 * mean. Whatever the words are, none becomes a command of roff.
 */
public final class ManPage {
    private final StringBuilder roff = new StringBuilder();

    /**
     * Begins with its head.
     *
     * @param section 1 of a program of users, 8 of one of administrators.
     * @param summary what follows the name, in a few words.
     */
    public ManPage(
            final String name, final int section, final String version, final String summary) {
        roff.append(".TH ").append(escaped(name.toUpperCase(Locale.ROOT)));
        roff.append(" ").append(section).append(" \"\" \"Larch ").append(escaped(version));
        roff.append("\" \"Larch\"\n.nh\n.ad l\n");
        section("NAME");
        // "whatis" splits here.
        roff.append(escaped(name)).append(" \\- ").append(escaped(summary)).append('\n');
    }

    /** Begins a section. */
    public ManPage section(final String title) {
        roff.append(".SH ").append(escaped(title)).append('\n');
        return this;
    }

    /** Begins a part of a section. */
    public ManPage part(final String title) {
        roff.append(".SS ").append(escaped(title)).append('\n');
        return this;
    }

    /** A paragraph. */
    public ManPage text(final String words) {
        roff.append(".PP\n");
        return line(words);
    }

    /** Lines that are to stay as they are. */
    public ManPage verbatim(final String lines) {
        roff.append(".PP\n.nf\n");
        lines.lines().forEach(this::line);
        roff.append(".fi\n");
        return this;
    }

    /** A term in bold, what it takes, and below what it means. */
    public ManPage term(final String term, final String argument, final String meaning) {
        roff.append(".TP\n\\fB").append(escaped(term)).append("\\fR");
        if (!argument.isEmpty()) {
            roff.append(" \\fI").append(escaped(argument)).append("\\fR");
        }
        roff.append('\n');
        return line(meaning);
    }

    private ManPage line(final String words) {
        final String text = escaped(words);
        // A point or an apostrophe at the beginning would be a command.
        roff.append(text.startsWith(".") || text.startsWith("'") ? "\\&" : "").append(text);
        roff.append('\n');
        return this;
    }

    private static String escaped(final String words) {
        return words.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
    }

    @Override
    public String toString() {
        return roff.toString();
    }
}
