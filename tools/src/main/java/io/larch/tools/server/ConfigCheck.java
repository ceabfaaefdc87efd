package io.larch.tools.server;

import io.larch.tools.bootstrap.DataDirectory;
import io.larch.tools.bootstrap.FirstStart;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.Remark;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.log.LogLevel;
import io.larch.tools.log.LogOutputs;
import io.larch.tools.process.FileLimit;
import io.larch.tools.process.StartupException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What --check-config prints: each setting with where it comes from, then what is worth knowing,
 * then what would keep a member from starting. It opens no port, asks nobody and writes nothing;
 * what can only be found out so is left to the start.
 */
final class ConfigCheck {
    private final LarchFlags flags;
    private final PrintStream out;
    private final List<Remark> problems = new ArrayList<>();

    /**
     * @param flags that have been read, or failed to be.
     */
    ConfigCheck(final LarchFlags flags, final PrintStream out) {
        this.flags = flags;
        this.out = out;
    }

    /** Of flags that could be read; the exit status. */
    int of(final ServerConfig config) {
        LarchServer.loggers().level(LogLevel.WARNING);
        final DataDirectory data = new DataDirectory(config.storage());
        check(() -> FileLimit.check(FileLimit.current()));
        check(() -> MemberTls.check(config));
        check(() -> config.revisions().retention());
        check(() -> checkLog(config));
        check(() -> checkSockets(config, data));
        check(data::check);
        check(() -> checkFirstStart(config, data));
        return print(problems, problems.isEmpty() ? 0 : 1);
    }

    /** Of flags that could not be read; the exit status. */
    int failed(final ExitException failure) {
        if (failure.status() == 0) {
            out.print(failure.standardOut());
            out.flush();
            return 0;
        }
        problems.addAll(failure.remarks());
        failure.standardError().lines().limit(1).map(Remark::error).forEach(problems::add);
        return print(problems, failure.status());
    }

    private static void checkLog(final ServerConfig config) {
        try {
            LogOutputs.check(config.logging().target());
        } catch (final IOException e) {
            throw new StartupException(e.getMessage(), e);
        }
    }

    private static void checkSockets(final ServerConfig config, final DataDirectory data) {
        if (isMember(config, data)) {
            Sockets.ofMember(config);
        } else {
            Sockets.ofProxy(config);
        }
    }

    private static boolean isMember(final ServerConfig config, final DataDirectory data) {
        return !data.isOfProxy() && config.proxy().mode() == ServerConfig.ProxyMode.OFF;
    }

    private static void checkFirstStart(final ServerConfig config, final DataDirectory data)
            throws ExitException {
        if (isMember(config, data) && !data.hasMember()) {
            FirstStart.check(config);
        }
    }

    /** Something that a start does and that may fail. */
    private interface Step {
        void run() throws ExitException;
    }

    private void check(final Step step) {
        try {
            step.run();
        } catch (final ExitException e) {
            problems.addAll(e.remarks());
        } catch (final StartupException | IllegalArgumentException e) {
            problems.add(Remark.critical(e.getMessage()));
        }
    }

    private int print(final List<Remark> wrong, final int status) {
        flags.settings().lines().forEach(out::println);
        out.println();
        flags.remarks().stream()
                .filter(remark -> remark.level().compareTo(LogLevel.WARNING) <= 0)
                .forEach(remark -> out.println("warning: " + remark.text()));
        wrong.forEach(problem -> out.println("problem: " + problem.text()));
        out.println(status == 0 ? "larchd would start" : "larchd would not start");
        out.flush();
        return status;
    }
}
