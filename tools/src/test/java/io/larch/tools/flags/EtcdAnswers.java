package io.larch.tools.flags;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What etcd 3.4 was seen to say to flags and files; see the files beside this class. */
final class EtcdAnswers {
    /** Nobody can listen there: what gets so far has been taken. */
    private static final String NOWHERE = "http://192.0.2.1:1";

    /** Goes with every flag that is tried. */
    private static final List<String> BASE =
            List.of(
                    "--listen-peer-urls=" + NOWHERE,
                    "--initial-advertise-peer-urls=" + NOWHERE,
                    "--initial-cluster=default=" + NOWHERE);

    private EtcdAnswers() {}

    /**
     * One thing that was tried.
     *
     * @param flag empty when a file was tried.
     * @param value of the flag, or null for none; or the text of the file.
     * @param answer "ok", or the exit status and then, unless only that is known, what was said.
     */
    record Row(String flag, String value, String answer) {
        List<String> arguments() {
            final List<String> arguments = new ArrayList<>(BASE);
            arguments.removeIf(base -> base.startsWith("--" + flag + "="));
            arguments.add("--" + flag + (value == null ? "" : "=" + value));
            return arguments;
        }

        String file() {
            final StringBuilder file = new StringBuilder();
            BASE.forEach(base -> file.append(base.substring(2).replaceFirst("=", ": ") + "\n"));
            return file + value;
        }

        boolean isKnownByStatusOnly() {
            return answer.length() == 1;
        }
    }

    /** Each flag with each kind of value. */
    static List<Row> flags() {
        final List<Row> rows = new ArrayList<>();
        String[] values = {};
        for (final String line : lines("etcd-3.4-flags.txt")) {
            final String[] words = line.split(" +");
            if (words[0].equals("values")) {
                values = words;
                continue;
            }
            for (int i = 1; i < words.length; i++) {
                final String value = values[i].equals("''") ? "" : values[i];
                rows.add(
                        new Row(
                                words[0],
                                value.equals("-") ? null : value,
                                words[i].equals(".") ? "ok" : words[i]));
            }
        }
        return rows;
    }

    /** Flags of each kind with odd values. */
    static List<Row> values() {
        return lines("etcd-3.4-values.txt").stream()
                .map(line -> line.split("\t", -1))
                .map(cells -> new Row(cells[0], plain(cells[1]), plain(cells[2])))
                .toList();
    }

    /** Files of YAML. */
    static List<Row> files() {
        return lines("etcd-3.4-config-file.txt").stream()
                .map(line -> line.split("\t", -1))
                .map(cells -> new Row("", plain(cells[0]), plain(cells[1])))
                .toList();
    }

    private static String plain(final String escaped) {
        return escaped.translateEscapes();
    }

    private static List<String> lines(final String name) {
        try (InputStream in = EtcdAnswers.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
