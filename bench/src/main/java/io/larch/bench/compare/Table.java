package io.larch.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table of a report, as Markdown and as HTML. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> head;

    Table(final String... head) {
        this.head = List.of(head);
    }

    void add(final List<String> row) {
        if (row.size() != head.size()) {
            throw new IllegalArgumentException("not as wide as its head: " + row);
        }
        rows.add(row);
    }

    String markdown() {
        final StringBuilder text = new StringBuilder(markdown(head));
        text.append("|---".repeat(head.size())).append("|\n");
        rows.forEach(row -> text.append(markdown(row)));
        return text.toString();
    }

    private static String markdown(final List<String> cells) {
        return cells.stream()
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** Cells that are verdicts have a class of their names. */
    String html() {
        final StringBuilder text = new StringBuilder("<table>\n<tr>");
        head.forEach(cell -> text.append("<th>").append(escape(cell)).append("</th>"));
        text.append("</tr>\n");
        for (final List<String> row : rows) {
            text.append("<tr>");
            row.forEach(cell -> text.append(html(cell)));
            text.append("</tr>\n");
        }
        return text.append("</table>\n").toString();
    }

    private static String html(final String cell) {
        for (final Verdict verdict : Verdict.values()) {
            if (verdict.text().equals(cell)) {
                return "<td class=\"" + verdict.name() + "\">" + escape(cell) + "</td>";
            }
        }
        return "<td>" + escape(cell) + "</td>";
    }

    static String escape(final String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
