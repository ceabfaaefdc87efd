package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is told to those who come from etcd is what the flags do. */
class ComingFromEtcdTest {
    private static final Path PAGE = Path.of("docs/coming-from-etcd.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| `--([\\w-]+)` \\| ([a-z ]+) \\|.*\\|$", Pattern.MULTILINE);

    @Test
    void shouldSayOfEachFlagWhatItDoes() throws IOException {
        final FlagTable table = new FlagTable();
        final Map<String, String> told = told();
        for (final String name : told.keySet()) {
            assertTrue(table.get(name) != null, name + " is no flag");
        }
        final Map<String, String> done = new TreeMap<>();
        for (final Flag flag : table.sorted()) {
            if (told.containsKey(flag.name()) || flag.treatment() != Flag.Treatment.USED) {
                done.put(
                        flag.name(),
                        switch (flag.treatment()) {
                            case USED -> "works";
                            case REFUSED -> "refused";
                            default -> "no effect";
                        });
            }
        }
        assertEquals(done, told);
    }

    @Test
    void shouldLeaveNoFlagOfEtcdOut() throws IOException {
        final Set<String> missing = new TreeSet<>();
        EtcdAnswers.flags().forEach(row -> missing.add(row.flag()));
        assertTrue(missing.size() > 60, missing::toString);
        missing.removeAll(told().keySet());

        assertEquals(Set.of(), missing);
    }

    /** Those that are neither in etcd's words nor on the page of Larch's own are told nowhere. */
    @Test
    void shouldLeaveOnlyFlagsOfLarchsOwnToTheirPage() throws IOException {
        final String ofLarch = Files.readString(Path.of("docs/configuration.md"));
        final List<String> nowhere =
                new FlagTable()
                        .sorted().stream()
                                .map(Flag::name)
                                .filter(name -> !ofLarch.contains("--" + name))
                                .filter(name -> !toldUnchecked().containsKey(name))
                                .toList();

        assertEquals(List.of(), nowhere);
    }

    private static Map<String, String> toldUnchecked() {
        try {
            return told();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> told() throws IOException {
        final Map<String, String> told = new TreeMap<>();
        ROW.matcher(Files.readString(PAGE))
                .results()
                .forEach(row -> told.put(row.group(1), row.group(2)));
        return told;
    }
}
