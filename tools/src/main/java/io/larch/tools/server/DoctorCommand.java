package io.larch.tools.server;

import io.larch.tools.doctor.Doctor;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.log.LogLevel;
import io.larch.tools.process.StartupException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * {@code larchd doctor}: takes the flags of a member, so that it knows directories and URLs, and
 * {@code --output}. Exit status: 0 no problem, 1 some, or the flags contradict, 2 a flag cannot be
 * read.
 */
final class DoctorCommand {
    /** The first word of the command line. */
    static final String NAME = "doctor";

    private static final String OUTPUT = "--output";
    private static final int UNREADABLE = 2;

    private final PrintStream out;
    private final PrintStream err;
    private String form = "simple";

    DoctorCommand(final PrintStream out, final PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Looks and prints; the exit status.
     *
     * @param arguments behind the name.
     */
    int run(final List<String> arguments, final Map<String, String> environment) {
        LarchServer.loggers().level(LogLevel.ERROR);
        final List<String> flags = withoutOutput(arguments);
        if (!List.of("simple", "json").contains(form)) {
            err.println("invalid value \"" + form + "\" for flag -output: simple or json");
            return UNREADABLE;
        }
        final ServerConfig config;
        try {
            config = new LarchFlags(environment).parse(flags);
        } catch (final ExitException e) {
            out.print(e.standardOut());
            err.print(e.standardError());
            e.remarks().forEach(remark -> err.println(remark.text()));
            return e.status();
        }
        final Doctor doctor = Doctor.look(config, tls(config));
        out.print(form.equals("json") ? doctor.json() : doctor.text());
        out.flush();
        return doctor.hasProblem() ? 1 : 0;
    }

    private List<String> withoutOutput(final List<String> arguments) {
        final List<String> others = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            final String argument = arguments.get(i);
            if (argument.equals(OUTPUT) && i + 1 < arguments.size()) {
                i++;
                form = arguments.get(i);
            } else if (argument.startsWith(OUTPUT + "=")) {
                form = argument.substring(OUTPUT.length() + 1);
            } else {
                others.add(argument);
            }
        }
        return others;
    }

    /** What is wrong with the files is told by --check-config, and by peers that do not answer. */
    private SSLContext tls(final ServerConfig config) {
        if (config.security().peerAutoTls()) {
            // That would make a certificate.
            return null;
        }
        try {
            return MemberTls.loadPeers(config).toPeers().get();
        } catch (final StartupException e) {
            err.println(e.getMessage());
            return null;
        }
    }
}
