package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the rules and the dashboard ask for, members tell. */
@Tag("slow")
@Tag("fused-only")
class MonitoringTest {
    private static final Path RULES = Path.of("packaging/monitoring/larch-alerts.yml");
    private static final Path DASHBOARD = Path.of("packaging/monitoring/larch-dashboard.json");
    private static final Path PAGE = Path.of("docs/metrics.md");

    /** Of proxies, of failures, and of limits that not each system has. */
    private static final Pattern OF_OTHERS =
            Pattern.compile("etcd_proxy_\\w+|etcd_http_failed_total");

    private static final Pattern METRIC = Pattern.compile("\\b(?:etcd|larch|process)_\\w+");
    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @TempDir Path directory;

    @Test
    void shouldFindAllThatRulesAndDashboardAskForOnThePagesOfMembers() throws IOException {
        cluster.start(2, "--archive-wal=" + directory);
        final ClusterMember leader = cluster.awaitLeader();
        leader.keys().put("/a", "value=1");
        final Set<String> told = new HashSet<>();
        for (final ClusterMember member : cluster.members()) {
            member.exchange("GET", "/metrics", null)
                    .text()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> told.add(line.split("[{ ]")[0]));
        }
        final Set<String> asked = new TreeSet<>();
        for (final String expression : expressions()) {
            final Matcher metric = METRIC.matcher(expression);
            assertTrue(metric.find() || expression.startsWith("up{"), expression);
            metric.reset().results().forEach(match -> asked.add(match.group()));
        }
        assertTrue(asked.size() > 20, asked::toString);

        asked.addAll(documented());
        asked.removeAll(told);
        asked.removeIf(name -> OF_OTHERS.matcher(name).matches() || told.contains(name + "_count"));
        assertEquals(Set.of(), asked);

        final Set<String> untold = new TreeSet<>();
        told.forEach(name -> untold.add(name.replaceAll("_(bucket|count|sum)$", "")));
        untold.removeAll(documented());
        untold.removeIf(name -> name.startsWith("larch_transport_"));
        assertEquals(Set.of(), untold, "on no page of the documents");
    }

    private static Set<String> documented() throws IOException {
        final Set<String> documented = new TreeSet<>();
        METRIC.matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .filter(name -> !name.endsWith("_"))
                .forEach(documented::add);
        return documented;
    }

    @Test
    void shouldBeRulesToPrometheus() throws Exception {
        assumeTrue(Servers.arePeersRequired() || Files.isExecutable(PROMTOOL), "needs promtool");

        final Command.Result result =
                Command.run(
                        Map.of(), List.of(PROMTOOL.toString(), "check", "rules", RULES.toString()));

        assertEquals(0, result.status(), result::output);
    }

    /** What they say of series that are written down. */
    @Test
    void shouldSayWhatIsWrongWithArchivesAndDisks() throws Exception {
        assumeTrue(Servers.arePeersRequired() || Files.isExecutable(PROMTOOL), "needs promtool");
        final Path series = Path.of("src/test/resources/monitoring-rules-test.yml");
        Files.copy(RULES, directory.resolve(RULES.getFileName()));
        final Path copy = Files.copy(series, directory.resolve(series.getFileName()));

        final Command.Result result =
                Command.run(
                        Map.of(), List.of(PROMTOOL.toString(), "test", "rules", copy.toString()));

        assertEquals(0, result.status(), result::output);
    }

    private static List<String> expressions() throws IOException {
        final List<String> expressions = new ArrayList<>();
        collect(
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(RULES)),
                expressions);
        final int rules = expressions.size();
        assertFalse(expressions.isEmpty());
        collect(JsonTree.parse(Files.readString(DASHBOARD)), expressions);
        assertTrue(expressions.size() > rules);
        return expressions;
    }

    /** All values of fields "expr", however deep. */
    private static void collect(final Object document, final List<String> expressions) {
        if (document instanceof Map<?, ?> map) {
            if (map.get("expr") instanceof String expression) {
                expressions.add(expression);
            }
            map.values().forEach(value -> collect(value, expressions));
        } else if (document instanceof List<?> list) {
            list.forEach(element -> collect(element, expressions));
        }
    }
}
