package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Larch takes and refuses what etcd 3.4 does, and in its words. */
class EtcdFlagsTest {
    /** etcd 2.3.8 takes an empty host; and TLS is not there yet. */
    private static final Set<String> KNOWN = Set.of("http://:1", "hTTpS://127.0.0.1:1");

    /** What only Larch refuses in a file, since it would not be done. */
    private static final Pattern UNKNOWN =
            Pattern.compile(
                    "1 (unknown key |\"[^\"]*\" is a flag, but no key|"
                            + ".*securityConfig.*(crl-file|allowed-cn|allowed-hostname|[.]ca-file) of)");

    private static final Pattern PLACES = Pattern.compile(" \\([^()]*c\\.yml(:\\d+)?\\)");

    @Test
    void shouldTakeTheSameValuesOfEachFlag() {
        final List<String> differences = new ArrayList<>();
        EtcdAnswers.flags().forEach(row -> compare(row, row.arguments(), differences));
        assertNone(differences);
    }

    @Test
    void shouldTakeTheSameOddValuesAndRefuseOthersInTheSameWords() {
        final List<String> differences = new ArrayList<>();
        EtcdAnswers.values().forEach(row -> compare(row, row.arguments(), differences));
        assertNone(differences);
    }

    @Test
    @Tag("slow")
    @Tag("fused-only")
    void shouldTakeTheSameFilesAndRefuseOthersInTheSameWords(@TempDir final Path directory)
            throws IOException {
        final List<String> differences = new ArrayList<>();
        final Path file = directory.resolve("c.yml");
        for (final EtcdAnswers.Row row : EtcdAnswers.files()) {
            Files.writeString(file, row.file());
            compare(row, List.of("--config-file", file.toString()), differences);
        }
        assertNone(differences);
    }

    private static void compare(
            final EtcdAnswers.Row row,
            final List<String> arguments,
            final List<String> differences) {
        if (KNOWN.contains(String.valueOf(row.value()))) {
            return;
        }
        final String theirs = comparable(row.answer());
        final String mine = comparable(answer(arguments));
        if (UNKNOWN.matcher(mine).lookingAt()) {
            return;
        }
        if (!(row.isKnownByStatusOnly() ? mine.substring(0, 1) : mine).equals(theirs)) {
            differences.add(
                    row.flag() + " " + row.value() + "\n  etcd:  " + theirs + "\n  Larch: " + mine);
        }
    }

    private static String answer(final List<String> arguments) {
        try {
            new LarchFlags(Map.of()).parse(arguments);
            return "ok";
        } catch (final ExitException e) {
            final String said =
                    e.remarks().isEmpty()
                            ? e.standardError().lines().findFirst().orElse("")
                            : e.remarks().get(0).text();
            return e.status()
                    + " "
                    + said.replace("error verifying flags, ", "")
                            .replace(". See 'larchd --help'.", "");
        }
    }

    /** etcd 2.3.8, whose words Larch has, says some things in other words than 3.4. */
    private static String comparable(final String answer) {
        if (answer.startsWith("1 error converting YAML to JSON: ")) {
            return "1 error converting YAML to JSON";
        }
        return PLACES.matcher(answer)
                .replaceAll("")
                .replace("--", "-")
                .replace("must be http, https, unix, or unixs", "must be http or https")
                .replace("setting up advertise-peer-urls", "setting up advertise-client-urls")
                .replace(
                        "-heartbeat-interval must be >0 (set to 0ms)",
                        "-heartbeat-interval[0ms] should be greater than 0");
    }

    private static void assertNone(final List<String> differences) {
        assertEquals(
                "",
                differences.stream().limit(40).collect(Collectors.joining("\n")),
                () -> differences.size() + " differences");
        assertFalse(EtcdAnswers.flags().isEmpty());
    }
}
