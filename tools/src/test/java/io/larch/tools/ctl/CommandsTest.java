package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

class CommandsTest {
    private static final List<Class<?>> ALL = new ArrayList<>(Commands.BY_NAME.values());

    private static List<Class<?>> amongst(final String... words) {
        return new ArrayList<>(Commands.amongst(words));
    }

    @Test
    void shouldNameCommandsAsTheyDoThemselves() {
        Commands.BY_NAME.forEach(
                (name, type) -> assertEquals(name, type.getAnnotation(Command.class).name()));
    }

    @Test
    void shouldFindTheCommandsThatAreNamed() {
        assertEquals(List.of(GetCommand.class), amongst("--endpoints", "a", "get", "/k"));
        assertEquals(List.of(LsCommand.class, SetCommand.class), amongst("set", "ls", "v"));
    }

    @Test
    void shouldTakeAllWhereTheyMayBeListed() {
        assertEquals(ALL, amongst());
        assertEquals(ALL, amongst("--version"));
        assertEquals(ALL, amongst("nonsense"));
        assertEquals(ALL, amongst("help", "get"));
        assertEquals(ALL, amongst("h", "get"));
        assertEquals(ALL, amongst("completion", "bash"));
        assertEquals(ALL, amongst("-help", "get"));
        assertEquals(ALL, amongst("--h=true", "get"));
    }

    @Test
    void shouldListAllWhateverCommandIsNamed() {
        final String[][] lines = {
            {},
            {"help"},
            {"-h", "get"},
            {"--bogus", "get"},
            {"--endpoints", "get"},
            {"--timeout", "x", "get"}
        };
        for (final String[] line : lines) {
            final String out = Run.larchctl(Map.of(), "", line).out();
            for (final String name : Commands.BY_NAME.keySet()) {
                assertTrue(out.contains("\n  " + name), () -> String.join(" ", line) + ": " + out);
            }
        }
    }

    @Test
    void shouldExplainACommandThatIsNamedAlone() {
        for (final String flag : new String[] {"-h", "--help"}) {
            final Run run = Run.larchctl(Map.of(), "", "get", flag);
            assertEquals(0, run.status());
            assertTrue(run.out().startsWith("Usage: larchctl get "), run.out());
        }
        final Run bogus = Run.larchctl(Map.of(), "", "get", "--bogus");
        assertEquals(1, bogus.status());
        assertTrue(bogus.out().contains("Usage: larchctl get "), bogus.out());
    }
}
