package io.larch.tools.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.Remark;
import io.larch.tools.flags.ServerConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BootstrapCheckTest {
    @Test
    void shouldAcceptTheDefaults() throws ExitException {
        check(config()).checkFounding();
    }

    @Test
    void shouldAcceptNamesForTheSameAddress() throws ExitException {
        check(
                        config(
                                "--initial-cluster=default=http://127.0.0.1:1",
                                "--initial-advertise-peer-urls=http://localhost:1"))
                .checkFounding();
    }

    @Test
    void shouldMissTheOwnName() throws ExitException {
        assertEquals(
                List.of("couldn't find local name \"x\" in the initial cluster configuration"),
                problems("--name=x", "--initial-cluster=y=http://127.0.0.1:1"));
    }

    @Test
    void shouldRefuseAUrlTwice() throws ExitException {
        assertEquals(
                List.of(
                        "initial cluster x=http://127.0.0.1:1,y=http://127.0.0.1:1 has duplicate"
                                + " url"),
                problems(
                        "--name=x",
                        "--initial-advertise-peer-urls=http://127.0.0.1:1",
                        "--initial-cluster=y=http://127.0.0.1:1,x=http://127.0.0.1:1"));
    }

    @Test
    void shouldHintAtTheFlagThatWasForgotten() throws ExitException {
        assertEquals(
                List.of(
                        "--initial-cluster must include x=http://127.0.0.1:21301 given"
                                + " --initial-advertise-peer-urls=http://127.0.0.1:21301",
                        "forgot to set --initial-cluster flag?",
                        "if you want to use discovery service, please set --discovery flag."),
                problems("--name=x", "--initial-advertise-peer-urls=http://127.0.0.1:21301"));
        assertEquals(
                "forgot to set --initial-advertise-peer-urls flag?",
                problems("--initial-cluster=default=http://127.0.0.1:1").get(1));
    }

    private static List<String> problems(final String... arguments) throws ExitException {
        final ServerConfig config = config(arguments);
        return texts(assertThrows(ExitException.class, () -> check(config).checkFounding()));
    }

    private static BootstrapCheck check(final ServerConfig config) {
        return new BootstrapCheck(config, config.bootstrap().cluster());
    }

    private static List<String> texts(final ExitException problem) {
        return problem.remarks().stream().map(Remark::text).toList();
    }

    private static ServerConfig config(final String... arguments) throws ExitException {
        return new LarchFlags(Map.of()).parse(List.of(arguments));
    }
}
