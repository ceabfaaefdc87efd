package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.larch.tools.log.LogLevel;
import io.larch.tools.log.LogRotation;
import io.larch.tools.log.LogTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoggingFlagsTest {
    @Test
    void shouldLogAsEtcd2WithoutAnyFlag() throws ExitException {
        assertEquals(LogTarget.STANDARD, logging().target());
        assertEquals(LogTarget.STANDARD, logging("--logger=capnslog").target());
        assertEquals(LogLevel.INFO, logging().level());
    }

    @Test
    void shouldLogJsonToWhateverZapMay() throws ExitException {
        assertEquals(
                new LogTarget(LogTarget.Form.JSON, List.of("default"), Optional.empty()),
                logging("--logger=zap").target());
        assertEquals(
                new LogTarget(
                        LogTarget.Form.CONSOLE, List.of("/a.log", "stderr"), Optional.empty()),
                logging(
                                "--logger=zap",
                                "--log-outputs=stderr,/a.log,stderr",
                                "--log-format=console")
                        .target());
        assertEquals(
                List.of("/a.log"),
                logging("--log-format=json", "--log-outputs=/a.log").target().files());
    }

    @ParameterizedTest
    @CsvSource({
        "debug, DEBUG",
        "info, INFO",
        "warn, WARNING",
        "error, ERROR",
        "dpanic, CRITICAL",
        "panic, CRITICAL",
        "fatal, CRITICAL"
    })
    void shouldTakeLevelsOfZap(final String word, final LogLevel level) throws ExitException {
        assertEquals(level, logging("--log-level=" + word).level());
        assertEquals(LogLevel.DEBUG, logging("--debug", "--log-level=" + word).level());
    }

    @Test
    void shouldTakeWhatRotationIsTold() throws ExitException {
        assertEquals(
                Optional.of(new LogRotation(100, 0, 0, false, false)),
                logging("--enable-log-rotation", "--log-outputs=/a.log").target().rotation());
        assertEquals(
                Optional.of(new LogRotation(1, 7, 3, true, true)),
                logging(
                                "--enable-log-rotation",
                                "--log-outputs=/a.log,stderr",
                                "--log-rotation-config-json={\"maxsize\":1,\"maxage\":7,\"maxbackups\":3,"
                                        + "\"localtime\":true,\"compress\":true}")
                        .target()
                        .rotation());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--logger=x | unknown logger option \"x\"",
                "--log-outputs=/a.log | unknown log-output \"/a.log\" (only supports \"default\", \"stderr\", \"stdout\")",
                "--logger=zap --log-outputs=default,stderr | multi logoutput for \"default\" is not supported yet",
                "--logger=zap --log-outputs=systemd/journal,stderr | running with systemd/journal but other '--log-outputs' values ([\"stderr\" \"systemd/journal\"]) are configured with 'default'; override 'default' value with something else",
                "--logger=zap --log-outputs= | open sink \"\": open : no such file or directory",
                "--log-format=xml | unknown log format: xml, supported values json, console",
                "--enable-log-rotation | --log-outputs requires a single file path when --log-rotate-config-json is defined",
                "--enable-log-rotation --log-outputs=/a,/b | --log-outputs requires a single file path when --log-rotate-config-json is defined",
                "--enable-log-rotation --log-outputs=/a --log-rotation-config-json={\"maxsize\":\"1\"} | invalid log rotation config: json: cannot unmarshal string into Go struct field logRotationConfig.maxsize of type int",
                "--enable-log-rotation --log-outputs=/a --log-rotation-config-json={\"compress\":1} | invalid log rotation config: json: cannot unmarshal number into Go struct field logRotationConfig.compress of type bool",
                "--enable-log-rotation --log-outputs=/a --log-rotation-config-json={\"size\":1} | invalid log rotation config: unknown field \"size\"",
            })
    void shouldRefuseWhatEtcdDoesInItsWords(final String flags, final String problem) {
        final ExitException exit =
                assertThrows(ExitException.class, () -> logging(flags.split(" ")));

        assertEquals(
                "error verifying flags, " + problem + ". See 'larchd --help'.",
                exit.remarks().get(0).text());
    }

    @Test
    void shouldRefuseRotationThatIsNoJson() {
        final ExitException exit =
                assertThrows(
                        ExitException.class,
                        () ->
                                logging(
                                        "--enable-log-rotation",
                                        "--log-outputs=/a",
                                        "--log-rotation-config-json={"));

        assertEquals(
                "error verifying flags, improperly formatted log rotation config",
                exit.remarks().get(0).text().split(": ")[0]);
    }

    private static ServerConfig.Logging logging(final String... flags) throws ExitException {
        final List<String> arguments = new ArrayList<>(Arrays.asList(flags));
        return new LarchFlags(Map.of()).parse(arguments).logging();
    }
}
