package io.larch.tools.ctl;

import io.larch.tools.bootstrap.discovery.JndiSrvLookup;
import io.larch.tools.flags.GoNumber;
import io.larch.tools.flags.LarchVersion;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Keys, members, users, roles and snapshots of a cluster, from the command line. */
@Command(
        name = "larchctl",
        description = {
            "Keys, members, users and roles of a cluster, by the v2 API; commands, flags and output"
                    + " are those of etcdctl 2. And snapshots, of all that a cluster holds.",
            ""
        },
        customSynopsis = "larchctl [global options] COMMAND [options] [ARGUMENTS...]",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "Where a flag is not given, these variables count: LARCHCTL_ENDPOINTS, _DISCOVERY_SRV,"
                    + " _INSECURE_DISCOVERY, _CERT_FILE, _KEY_FILE, _CA_FILE, _USERNAME, or the"
                    + " same with ETCDCTL_."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the command line is wrong; a member, user or role is not as it must be",
            "2:no endpoint can be reached",
            "3:there is no such command",
            "4:the cluster refused, or did not answer",
            "5:not all members are healthy",
            "6:a snapshot or a log is damaged, or the files of an etcd",
            "7:a file or directory is in the way, or cannot be read or written",
            "8:import, export: the target has keys already",
            "9:import, export: both sides were compared, and differ",
            "10:restore: the moment is not in what was kept"
        })
public final class Larchctl implements Runnable {
    private final Session session;

    @Spec private CommandSpec spec;

    @Mixin private final Globals globals;

    @Option(
            names = {"--help", "-h"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print this.")
    private boolean isHelp;

    @Option(
            names = {"--version", "-v"},
            description = "Print the version.")
    private boolean isVersion;

    Larchctl(final Session session) {
        this.session = session;
        globals = session.globals();
    }

    /** The program. */
    public static void main(final String[] words) {
        final Session session = session();
        final int status = run(session, words);
        session.out().flush();
        session.err().flush();
        endSelectors();
        System.exit(status);
    }

    /** Of this process. */
    static Session session() {
        return new Session(
                System.in,
                utf8(FileDescriptor.out, false),
                utf8(FileDescriptor.err, true),
                System::getenv,
                // Who asks no names does not wait for what asks them to be loaded.
                name -> new JndiSrvLookup().lookup(name));
    }

    /**
     * Ends the threads of HTTP clients, of which nothing is wanted any more: for one that waits in
     * the system's code a Java machine waits 300 ms when it ends. Clients that can be closed are
     * there from Java 21 on.
     */
    private static void endSelectors() {
        final Thread[] threads = new Thread[Thread.activeCount() + 8];
        final int count = Thread.enumerate(threads);
        for (int i = 0; i < count; i++) {
            if (threads[i].getName().endsWith("-SelectorManager")) {
                threads[i].interrupt();
            }
        }
    }

    private static PrintWriter utf8(final FileDescriptor descriptor, final boolean isFlushed) {
        return new PrintWriter(
                new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8),
                isFlushed);
    }

    /** Does what a command line says; returns the exit code. */
    static int run(final Session session, final String... words) {
        final CommandLine root = commandLine(session, Commands.amongst(words));
        try {
            return root.execute(GoFlags.plain(root, words));
        } catch (final GoFlags.BadFlagException e) {
            return badFlag(session, e.command(), e.getMessage());
        } catch (final Failure e) {
            return end(session, e);
        }
    }

    /** With all commands. */
    static CommandLine commandLine(final Session session) {
        return commandLine(session, Commands.BY_NAME.values());
    }

    private static CommandLine commandLine(
            final Session session, final Collection<Class<?>> commands) {
        final CommandLine root = new CommandLine(new Larchctl(session), new Factory(session));
        commands.forEach(root::addSubcommand);
        root.setOut(session.out());
        root.setErr(session.err());
        root.setExpandAtFiles(false);
        root.setOverwrittenOptionsAllowed(true);
        root.setPosixClusteredShortOptionsAllowed(false);
        root.registerConverter(Long.TYPE, Larchctl::number);
        root.registerConverter(Duration.class, Larchctl::duration);
        root.setParameterExceptionHandler(
                (e, words) -> badFlag(session, e.getCommandLine(), reason(e)));
        root.setExecutionExceptionHandler(
                (e, command, result) -> {
                    if (e instanceof Failure failure) {
                        return end(session, failure);
                    }
                    throw e;
                });
        return root;
    }

    @Override
    public void run() {
        final PrintWriter out = spec.commandLine().getOut();
        if (isVersion) {
            out.println("larchctl version: " + LarchVersion.larch());
            out.println("API version: 2");
        } else {
            commandLine(session).usage(out);
        }
    }

    /** Gives each command the session. */
    private record Factory(Session session) implements IFactory {
        @Override
        public <K> K create(final Class<K> type) throws Exception {
            if (!type.isAnnotationPresent(Command.class)) {
                return CommandLine.defaultFactory().create(type);
            }
            final Constructor<K> constructor = type.getDeclaredConstructor(Session.class);
            constructor.setAccessible(true);
            return constructor.newInstance(session);
        }
    }

    private static Long number(final String text) {
        try {
            return GoNumber.signed(text);
        } catch (final NumberFormatException e) {
            throw new TypeConversionException("parse error");
        } catch (final ArithmeticException e) {
            throw new TypeConversionException("value out of range");
        }
    }

    private static Duration duration(final String text) {
        try {
            return Duration.ofNanos(GoNumber.duration(text));
        } catch (final NumberFormatException e) {
            throw new TypeConversionException("parse error");
        }
    }

    private static String reason(final ParameterException problem) {
        if (problem.getArgSpec() instanceof OptionSpec option && problem.getValue() != null) {
            final String cause =
                    problem.getMessage().contains("out of range")
                            ? "value out of range"
                            : "parse error";
            return "invalid value \"%s\" for flag %s: %s"
                    .formatted(
                            problem.getValue(),
                            option.longestName().replaceFirst("^--", "-"),
                            cause);
        }
        return problem.getMessage();
    }

    private static int badFlag(
            final Session session, final CommandLine command, final String message) {
        final boolean isRoot = command.getParent() == null;
        session.out().println("Incorrect Usage" + (isRoot ? ". " : ": ") + message);
        session.out().println();
        (isRoot ? commandLine(session) : command).usage(session.out());
        session.err().println(message);
        return Failure.BAD_ARGUMENTS;
    }

    private static int end(final Session session, final Failure failure) {
        session.out().flush();
        session.err().println(failure.getMessage());
        return failure.status();
    }
}
