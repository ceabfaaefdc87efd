package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the launcher gives commands on keys and the like: some of the jars, and not all. */
class LightPathTest {
    private static final Pattern ALL_JARS = Pattern.compile("(?m)^ {8}([a-z]+(?: \\| [a-z]+)*)\\)");
    private static final Pattern LIGHT_JAR = Pattern.compile("\"\\$lib\"/([a-z0-9-]+)-\\*\\.jar");

    private static final JavaClasses TOOLS =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.larch.tools");

    @Test
    void shouldHaveAllThatCommandsOnKeysMayLoad() throws IOException {
        final List<String> jars = found(LIGHT_JAR, "lib.sh");
        final Map<String, String> missing = new TreeMap<>();

        for (final Dependency dependency : ofLightCommands()) {
            final JavaClass used = dependency.getTargetClass().getBaseComponentType();
            final String place = place(used.reflect());
            final boolean isThere =
                    place.isEmpty()
                            || used.getPackageName().startsWith("io.larch.tools")
                            || jars.stream()
                                    .anyMatch(jar -> place.matches(".*/" + jar + "-\\d[^/]*"));
            if (!isThere) {
                missing.put(used.getName(), dependency.getOriginClass().getName());
            }
        }

        assertEquals(Map.of(), missing);
    }

    /** Of what they refer to, and of what that does, but for commands that get all jars. */
    private static List<Dependency> ofLightCommands() throws IOException {
        final Set<String> heavy =
                found(ALL_JARS, "larchctl").stream()
                        .flatMap(names -> List.of(names.split(" \\| ")).stream())
                        .map(name -> Commands.BY_NAME.get(name).getName())
                        .collect(Collectors.toSet());
        final List<Dependency> all = new ArrayList<>();
        final Deque<JavaClass> open = new ArrayDeque<>(List.of(TOOLS.get(Larchctl.class)));
        final Set<JavaClass> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            for (final Dependency dependency : open.remove().getDirectDependenciesFromSelf()) {
                final JavaClass used = dependency.getTargetClass().getBaseComponentType();
                all.add(dependency);
                if (TOOLS.contain(used.getName())
                        && !heavy.contains(used.getName())
                        && seen.add(used)) {
                    open.add(used);
                }
            }
        }
        assertTrue(seen.contains(TOOLS.get(LsCommand.class)), seen::toString);
        return all;
    }

    /** Its jar or directory; "" of what every Java has. */
    private static String place(final Class<?> type) {
        final CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || "jrt".equals(source.getLocation().getProtocol())
                ? ""
                : source.getLocation().getPath();
    }

    private static List<String> found(final Pattern pattern, final String launcher)
            throws IOException {
        return pattern.matcher(Files.readString(Path.of("bin", launcher)))
                .results()
                .map(result -> result.group(1))
                .toList();
    }
}
