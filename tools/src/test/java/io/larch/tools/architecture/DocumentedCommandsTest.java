package io.larch.tools.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.ctl.ClientManual;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.ServerManual;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Commands on the pages for users: sessions ({@code console}) are run by {@code readme-session},
 * and what cannot be run by it says so ({@code not-run}) and is looked at here.
 */
class DocumentedCommandsTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```([^\\n]*)\\n(.*?)^```$");
    private static final Pattern KIND = Pattern.compile("console|text|(sh|yaml|text) not-run");
    private static final Pattern FLAG = Pattern.compile("(?<![\\w-])--([a-z][\\w-]+)");
    private static final Pattern INDENTED = Pattern.compile("(?m)^\\n(?: {4}\\S.*\\n)+");

    /** Whether their values are right depends on what the machine has. */
    private static final Pattern OF_THIS_MACHINE = Pattern.compile("--(engine-cpu|edge-cpus) \\S+");

    private static final Pattern LARCHD = Pattern.compile("(?:\\S*/)?larchd");

    /** Of other programs, of scripts, and what is a flag in etcd alone. */
    private static final Set<String> OF_OTHERS =
            Set.of(
                    // of etcdctl, apt and others that pages call
                    "rev",
                    "print-value-only",
                    "prefix",
                    "keys-only",
                    "order",
                    "interactive",
                    "lease",
                    "write-out",
                    "learner",
                    "physical",
                    "cacert",
                    "cert",
                    "key",
                    "max-time",
                    "path",
                    "readwrite",
                    "roles",
                    // of numactl and docker
                    "cpunodebind",
                    "membind",
                    "shm-size",
                    "cap-drop",
                    "health-cmd",
                    "no-healthcheck",
                    "read-only",
                    "stop-timeout",
                    "tmpfs",
                    // of etcd 0.4, refused
                    "peers-file",
                    // of Larch's programs without a manual
                    "rewrite",
                    "verify",
                    "json",
                    "interval",
                    "count");

    private record Block(Path page, String kind, String text) {}

    private static List<Path> pages() throws IOException {
        final List<Path> pages = new ArrayList<>();
        pages.add(HOME.resolve("README.md"));
        pages.add(HOME.resolve("SECURITY.md"));
        try (Stream<Path> files = Files.list(HOME.resolve("tools/docs"))) {
            files.sorted().forEach(pages::add);
        }
        return pages;
    }

    private static List<Block> blocks() throws IOException {
        final List<Block> blocks = new ArrayList<>();
        for (final Path page : pages()) {
            BLOCK.matcher(Files.readString(page))
                    .results()
                    .forEach(match -> blocks.add(new Block(page, match.group(1), match.group(2))));
        }
        assertTrue(blocks.size() > 30, "found " + blocks.size());
        return blocks;
    }

    @Test
    void shouldSayOfEachBlockWhetherItIsRun() throws IOException {
        final List<String> others = new ArrayList<>();
        for (final Block block : blocks()) {
            if (!KIND.matcher(block.kind).matches()) {
                others.add(HOME.relativize(block.page) + ": ```" + block.kind);
            }
        }
        assertEquals(List.of(), others);
    }

    /** But for how a member is started, and the tests, which other tests do. */
    @Test
    void shouldHaveNoCommandsOutsideOfBlocks() throws IOException {
        final List<String> commands = new ArrayList<>();
        for (final Path page : pages()) {
            INDENTED.matcher(BLOCK.matcher(Files.readString(page)).replaceAll(""))
                    .results()
                    .forEach(match -> commands.add(match.group().strip()));
        }
        assertEquals(List.of("tools/bin/larchd", "./mvnw verify"), commands);
    }

    @Test
    void shouldRunEachSession() throws IOException {
        for (final Block block : blocks()) {
            assertEquals(
                    block.kind.equals("console"),
                    block.text.startsWith("$ "),
                    () -> HOME.relativize(block.page) + ": " + block.text);
        }
    }

    @Test
    void shouldStartMembersByFlagsThatTheyTake() throws IOException {
        int found = 0;
        for (final Block block : blocks()) {
            if (!block.kind.endsWith("not-run")) {
                continue;
            }
            for (final String line : block.text.replace("\\\n", " ").split("\n")) {
                final String command =
                        OF_THIS_MACHINE
                                .matcher(line)
                                .replaceAll("")
                                .replaceAll("\\s+#.*", "")
                                .replace("'", "");
                final List<String> words = List.of(command.split("\\s+"));
                final int at = LARCHD.asMatchPredicate().test(words.get(0)) ? 0 : 1;
                if (at < words.size() && LARCHD.asMatchPredicate().test(words.get(at))) {
                    found++;
                    start(block.page, words.subList(at + 1, words.size()));
                }
            }
        }
        assertTrue(found > 6, "found " + found);
    }

    private static void start(final Path page, final List<String> words) {
        try {
            new LarchFlags(Map.of())
                    .parse(words.stream().filter(word -> !word.matches("doctor|[.]{3}")).toList());
        } catch (final ExitException e) {
            assertEquals(0, e.status(), () -> page + ": " + words + ": " + e.standardError());
        }
    }

    @Test
    void shouldHaveYamlThatCanBeRead() throws IOException {
        for (final Block block : blocks()) {
            if (block.kind.startsWith("yaml")) {
                new Load(LoadSettings.builder().build()).loadFromString(block.text);
            }
        }
    }

    @Test
    void shouldNameFlagsThatThereAre() throws IOException {
        final Set<String> known = new HashSet<>(OF_OTHERS);
        for (final String manual : List.of(ServerManual.page(), ClientManual.page())) {
            known.addAll(flags(manual.replaceAll("\\\\f.", " ").replace("\\-", "-")));
        }
        try (Stream<Path> programs = Files.list(HOME.resolve("tools/bin"))) {
            for (final Path program : programs.toList()) {
                known.addAll(flags(Files.readString(program)));
            }
        }
        assertTrue(known.size() > 100, "found " + known.size());
        final Set<String> unknown = new TreeSet<>();
        for (final Path page : pages()) {
            for (final String flag : flags(Files.readString(page))) {
                if (!known.contains(flag)) {
                    unknown.add(HOME.relativize(page) + ": --" + flag);
                }
            }
        }
        assertEquals(Set.of(), unknown);
    }

    /** Not the beginnings of their names that end with a hyphen. */
    private static Set<String> flags(final String text) {
        final Set<String> flags = new TreeSet<>();
        FLAG.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .filter(flag -> !flag.endsWith("-"))
                .forEach(flags::add);
        return flags;
    }

    @Test
    void shouldRunThePagesAsOneCommand() throws IOException {
        final String ci = Files.readString(HOME.resolve(".ci/run"));
        assertTrue(
                Arrays.stream(ci.split("\n"))
                        .anyMatch(line -> line.strip().startsWith("tools/bin/readme-session ||")),
                ".ci/run runs all sessions");
    }
}
