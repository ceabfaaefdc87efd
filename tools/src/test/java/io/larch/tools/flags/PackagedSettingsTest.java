package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the packages bring for setting a member up means what it says. */
class PackagedSettingsTest {
    private static final Path PACKAGING = Path.of("packaging");
    private static final Pattern UNIT_VARIABLE = Pattern.compile("Environment=(\\w+)=(.+)");
    private static final Pattern EXAMPLE = Pattern.compile("#((?:LARCH|ETCD)_\\w+)=(.+)");

    @Test
    void shouldMakeTheExampleOfTheEnvironmentAMemberOfThree() throws Exception {
        final Map<String, String> variables = example();
        variables.keySet().removeIf(name -> name.matches(".*_(CERT|KEY|CA)_(FILE|AUTH)"));
        final LarchFlags flags = new LarchFlags(variables);

        final ServerConfig config = flags.parse(List.of());

        assertEquals("infra1", config.name());
        assertEquals("/var/lib/larch/default", config.storage().dataDir().toString());
        assertEquals(List.of("http://10.0.0.1:2380"), config.urls().listenPeer());
        assertEquals(List.of("http://10.0.0.1:2379"), config.urls().advertiseClient());
        for (final Remark remark : flags.remarks()) {
            assertTrue(remark.text().startsWith("recognized "), remark::text);
        }
    }

    @Test
    void shouldMakeItOneThatIsEncryptedWithTheLinesForThat() throws Exception {
        final Map<String, String> variables = example();
        variables.replaceAll((name, value) -> value.replace("http:", "https:"));
        final LarchFlags flags = new LarchFlags(variables);

        final ServerConfig.Security security = flags.parse(List.of()).security();

        assertEquals("/etc/larch/infra1.pem", security.clients().certFile());
        assertTrue(security.clients().demandsCertificates());
        assertEquals("/etc/larch/infra1.key", security.peers().keyFile());
        assertTrue(security.peers().demandsCertificates());
        for (final Remark remark : flags.remarks()) {
            assertTrue(remark.text().startsWith("recognized "), remark::text);
        }
    }

    private static Map<String, String> example() throws IOException {
        final Map<String, String> variables =
                variables(UNIT_VARIABLE, PACKAGING.resolve("larch.service"));
        variables.putAll(variables(EXAMPLE, PACKAGING.resolve("larch.default")));
        // Takes the place of all others.
        assertEquals("/etc/larch.conf.yml", variables.remove("LARCH_CONFIG_FILE"));
        return variables;
    }

    @Test
    void shouldMakeTheConfigurationFileAMemberByItself() throws Exception {
        final Path file = PACKAGING.resolve("conf/larch.conf.yml");

        final ServerConfig config =
                new LarchFlags(Map.of()).parse(List.of("--config-file", file.toString()));

        assertEquals("default", config.name());
        assertEquals(List.of("http://localhost:2379"), config.urls().listenClient());
        assertEquals(List.of("http://localhost:2380"), config.urls().listenPeer());
    }

    private static Map<String, String> variables(final Pattern form, final Path file)
            throws IOException {
        final Map<String, String> variables = new TreeMap<>();
        for (final String line : Files.readAllLines(file)) {
            final Matcher variable = form.matcher(line);
            if (variable.matches()) {
                variables.put(variable.group(1), variable.group(2));
            }
        }
        return variables;
    }
}
