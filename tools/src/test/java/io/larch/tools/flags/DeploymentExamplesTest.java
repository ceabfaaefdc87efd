package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the examples for containers start are members of one cluster of three. */
class DeploymentExamplesTest {
    private static final Path PACKAGING = Path.of("packaging");

    @Test
    void shouldComposeThreeMembersThatNameEachOther() throws Exception {
        final Map<?, ?> services = map(documents("compose.yaml").get(0), "services");
        assertEquals(3, services.size());
        for (final Object name : services.keySet()) {
            final Map<?, ?> service = map(services, (String) name);
            final Map<String, String> environment = new LinkedHashMap<>();
            merged(map(service, "environment"))
                    .forEach(
                            (variable, value) ->
                                    environment.put((String) variable, (String) value));

            final ServerConfig config = parsed(environment, List.of());

            assertIsMember(config, (String) name, (String) name);
            assertEquals(List.of(name + ":/var/lib/larch"), service.get("volumes"));
            assertIsConfined(merged(service));
        }
        assertEquals(services.keySet(), map(documents("compose.yaml").get(0), "volumes").keySet());
    }

    private static void assertIsConfined(final Map<Object, Object> service) {
        assertEquals("${LARCH_IMAGE:-larch}", service.get("image"), "no other name to change");
        assertEquals(true, service.get("read_only"));
        assertEquals(List.of("ALL"), service.get("cap_drop"));
        assertEquals(List.of("/tmp:mode=1777"), service.get("tmpfs"));
        assertEquals("SIGTERM", service.get("stop_signal"));
        assertEquals("256m", service.get("shm_size"));
    }

    @Test
    void shouldMakeAStatefulSetOfThreeMembersThatNameEachOther() throws Exception {
        final List<Map<?, ?>> all = documents("kubernetes.yaml");
        final Map<?, ?> set =
                all.stream()
                        .filter(document -> "StatefulSet".equals(document.get("kind")))
                        .findFirst()
                        .orElseThrow();
        final Map<?, ?> spec = map(set, "spec");
        final Object service = spec.get("serviceName");
        assertTrue(
                all.stream()
                        .filter(document -> "Service".equals(document.get("kind")))
                        .anyMatch(each -> service.equals(map(each, "metadata").get("name"))));
        final Map<?, ?> pod = map(map(spec, "template"), "spec");
        final Map<?, ?> container = (Map<?, ?>) ((List<?>) pod.get("containers")).get(0);
        assertIsConfined(pod, container);
        for (int i = 0; i < (int) spec.get("replicas"); i++) {
            final String name = map(set, "metadata").get("name") + "-" + i;
            final List<String> arguments = new ArrayList<>();
            for (final Object argument : (List<?>) container.get("args")) {
                arguments.add(((String) argument).replace("$(POD_NAME)", name));
            }

            final ServerConfig config = parsed(Map.of(), arguments);

            assertIsMember(config, name, name + "." + service);
        }
    }

    private static void assertIsConfined(final Map<?, ?> pod, final Map<?, ?> container) {
        assertEquals(true, map(pod, "securityContext").get("runAsNonRoot"));
        final Map<?, ?> context = map(container, "securityContext");
        assertEquals(true, context.get("readOnlyRootFilesystem"));
        assertEquals(false, context.get("allowPrivilegeEscalation"));
        // What is mounted is there, and what is written to lies in it.
        final Set<Object> volumes = new HashSet<>(Set.of("data"));
        ((List<?>) pod.get("volumes")).forEach(each -> volumes.add(((Map<?, ?>) each).get("name")));
        final Set<Object> paths = new HashSet<>();
        for (final Object each : (List<?>) container.get("volumeMounts")) {
            assertTrue(volumes.contains(((Map<?, ?>) each).get("name")), each::toString);
            paths.add(((Map<?, ?>) each).get("mountPath"));
        }
        assertEquals(Set.of("/var/lib/larch", "/tmp", "/dev/shm"), paths);
        // Named ports of the probes.
        final Set<Object> ports = new HashSet<>();
        ((List<?>) container.get("ports"))
                .forEach(each -> ports.add(((Map<?, ?>) each).get("name")));
        for (final String probe : List.of("readinessProbe", "livenessProbe")) {
            assertTrue(ports.contains(map(map(container, probe), "httpGet").get("port")), probe);
        }
    }

    private static void assertIsMember(
            final ServerConfig config, final String name, final String host) {
        assertEquals(name, config.name());
        assertEquals(List.of("http://" + host + ":2379"), config.urls().advertiseClient());
        assertEquals(List.of("http://" + host + ":2380"), config.urls().advertisePeer());
        assertEquals("/var/lib/larch/data", config.storage().dataDir().toString());
        assertEquals(3, config.bootstrap().cluster().urlsByName().size());
        assertEquals(
                List.of("http://" + host + ":2380"), config.bootstrap().cluster().urlsOf(name));
    }

    private static ServerConfig parsed(
            final Map<String, String> environment, final List<String> arguments)
            throws ExitException {
        final LarchFlags flags = new LarchFlags(environment);
        final ServerConfig config = flags.parse(arguments);
        for (final Remark remark : flags.remarks()) {
            assertTrue(
                    remark.text().startsWith("recognized and used environment variable"),
                    remark::text);
        }
        return config;
    }

    /** A mapping with what it takes over from others by the key of YAML 1.1 that is for this. */
    private static Map<Object, Object> merged(final Map<?, ?> mapping) {
        final Map<Object, Object> all = new LinkedHashMap<>();
        if (mapping.get("<<") instanceof Map<?, ?> others) {
            all.putAll(others);
        }
        all.putAll(mapping);
        all.remove("<<");
        return all;
    }

    private static Map<?, ?> map(final Map<?, ?> parent, final String name) {
        return (Map<?, ?>) parent.get(name);
    }

    private static List<Map<?, ?>> documents(final String file) throws IOException {
        final List<Map<?, ?>> documents = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(PACKAGING.resolve(file))) {
            new Load(LoadSettings.builder().build())
                    .loadAllFromReader(reader)
                    .forEach(document -> documents.add((Map<?, ?>) document));
        }
        return documents;
    }
}
