package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class GoFlagsTest {
    private final CommandLine root =
            Larchctl.commandLine(
                    new Session(
                            InputStream.nullInputStream(),
                            new PrintWriter(OutputStream.nullOutputStream()),
                            new PrintWriter(OutputStream.nullOutputStream()),
                            name -> null,
                            name -> List.of()));

    private void assertPlain(final List<String> expected, final String... words) throws Exception {
        assertArrayEquals(expected.toArray(), GoFlags.plain(root, words));
    }

    private void assertBad(final String message, final String... words) {
        assertEquals(
                message,
                assertThrows(GoFlags.BadFlagException.class, () -> GoFlags.plain(root, words))
                        .getMessage());
    }

    @Test
    void shouldTakeOneDashOrTwo() throws Exception {
        assertPlain(
                List.of("--output=json", "get", "--quorum", "--", "/k"),
                "-o",
                "json",
                "get",
                "-quorum",
                "/k");
        assertPlain(List.of("ls", "-p", "--recursive"), "ls", "--p", "--r");
    }

    @Test
    void shouldTakeAValueBehindASpaceOrAnEqualsSign() throws Exception {
        assertPlain(
                List.of("set", "--ttl=5", "--swap-with-value=-a=b", "--", "/k", "v"),
                "set",
                "-ttl=5",
                "/k",
                "v",
                "--swap-with-value",
                "-a=b");
        assertPlain(List.of("rm", "--with-value=", "--", "/k"), "rm", "--with-value", "", "/k");
    }

    @Test
    void shouldTakeTheValueOfASwitch() throws Exception {
        assertPlain(List.of("ls", "--sort"), "ls", "--sort=T");
        assertPlain(List.of("ls"), "ls", "--sort=false");
        assertBad("invalid boolean value \"2\" for -sort: parse error", "ls", "--sort=2");
    }

    @Test
    void shouldTakeWhatFollowsTwoDashesAsItIs() throws Exception {
        assertPlain(List.of("set", "--", "/k", "-5"), "set", "--", "/k", "-5");
        assertPlain(
                List.of("exec-watch", "--recursive", "--", "/w", "sh", "-c", "x"),
                "exec-watch",
                "-r",
                "/w",
                "--",
                "sh",
                "-c",
                "x");
    }

    @Test
    void shouldTakeForAWordWhatIsNoFlagBehindAWord() throws Exception {
        assertPlain(List.of("set", "--ttl=1", "--", "/k", "-5"), "set", "/k", "-5", "--ttl", "1");
        assertPlain(List.of("get", "--", "/k", "--x", "y"), "get", "/k", "--x", "y");
    }

    @Test
    void shouldRefuseFlagsOfOtherCommands() {
        assertBad("flag provided but not defined: -sort", "--sort", "ls");
        assertBad("flag provided but not defined: -endpoints", "ls", "--endpoints", "x");
        assertBad("flag provided but not defined: -x", "ls", "-x=1");
        assertBad("flag needs an argument: -ttl", "set", "/k", "v", "--ttl");
        assertBad("bad flag syntax: ---x", "ls", "---x");
    }

    @Test
    void shouldRefuseAnUnknownCommand() {
        for (final String[] words : new String[][] {{"nope"}, {"member", "nope"}}) {
            final Failure failure = assertThrows(Failure.class, () -> GoFlags.plain(root, words));
            assertEquals("No help topic for 'nope'", failure.getMessage());
            assertEquals(3, failure.status());
        }
    }
}
