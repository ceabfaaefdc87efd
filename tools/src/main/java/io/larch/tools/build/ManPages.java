package io.larch.tools.build;

import io.larch.tools.ctl.ClientManual;
import io.larch.tools.dump.LarchDump;
import io.larch.tools.flags.LarchVersion;
import io.larch.tools.flags.ServerManual;
import io.larch.tools.manual.CommandPage;
import io.larch.tools.manual.ManPage;
import io.larch.tools.stat.LarchStat;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the pages of the manual, as the flags and commands are in this build. */
public final class ManPages {
    /** What a launcher that is a script prints of how it is used. */
    private static final Pattern USAGE =
            Pattern.compile("cat <<'END'\nusage: (.*?)\nEND\n", Pattern.DOTALL);

    private ManPages() {}

    /**
     * Writes {@code man8/larchd.8}, and {@code man1} with those of the other programs of packages.
     *
     * @param arguments the directory to write to, and that of the launchers.
     */
    public static void main(final String[] arguments) throws IOException {
        final Path directory = Path.of(arguments[0]);
        write(directory.resolve("man8/larchd.8"), ServerManual.page());
        write(directory.resolve("man1/larchctl.1"), ClientManual.page());
        write(
                directory.resolve("man1/larch-dump.1"),
                CommandPage.of(
                        LarchDump.commandLine(new PrintWriter(new StringWriter())),
                        LarchVersion.larch(),
                        "what is in the log and the snapshots of a member of Larch",
                        "larchd(8), larch-stat(1)"));
        write(
                directory.resolve("man1/larch-stat.1"),
                CommandPage.of(
                        LarchStat.commandLine(System::currentTimeMillis),
                        LarchVersion.larch(),
                        "the counters of a running member of Larch",
                        "larchd(8), larch-dump(1)"));
        write(directory.resolve("man1/larch-local.1"), local(Path.of(arguments[1])));
    }

    private static String local(final Path launchers) throws IOException {
        final Matcher usage = USAGE.matcher(Files.readString(launchers.resolve("larch-local")));
        if (!usage.find()) {
            throw new IOException("larch-local does not tell how it is used");
        }
        final ManPage page =
                new ManPage(
                        "larch-local",
                        1,
                        LarchVersion.larch(),
                        "a cluster of Larch on this machine, to play with");
        page.section("SYNOPSIS").verbatim(usage.group(1).replaceAll("(?m)^ {7}(?=larch)", ""));
        page.section("DESCRIPTION")
                .text(
                        "Starts members in the foreground until Ctrl-C; the other commands are for"
                                + " another terminal meanwhile.");
        return page.section("SEE ALSO").text("larchd(8), larchctl(1)").toString();
    }

    private static void write(final Path file, final String page) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, page);
    }
}
