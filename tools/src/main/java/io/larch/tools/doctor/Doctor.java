package io.larch.tools.doctor;

import com.fasterxml.jackson.jr.ob.JSON;
import io.larch.tools.flags.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** Lets all checks look, and prints what they found. */
public final class Doctor {
    private static final List<Check> CHECKS =
            List.of(
                    new DiskSyncCheck(),
                    new FileSystemCheck(),
                    new DiskSpaceCheck(),
                    new SharedMemoryCheck(),
                    new OpenFilesCheck(),
                    new MemoryCheck(),
                    new HugePagesCheck(),
                    new CpuFrequencyCheck(),
                    new IsolatedCpusCheck(),
                    new InterruptsCheck(),
                    new NumaCheck(),
                    new SocketBuffersCheck(),
                    new PeersCheck());

    private static final String INDENT = " ".repeat(25);

    private final List<Finding> findings;

    private Doctor(final List<Finding> findings) {
        this.findings = findings;
    }

    /**
     * Looks at this machine, for some seconds at most.
     *
     * @param tls how https URLs of members are asked; null: as the Java machine does.
     */
    public static Doctor look(final ServerConfig config, final SSLContext tls) {
        return look(config, new ThisMachine(tls));
    }

    static Doctor look(final ServerConfig config, final Machine machine) {
        final List<Finding> findings = new ArrayList<>();
        CHECKS.forEach(check -> findings.addAll(check.look(config, machine)));
        return new Doctor(findings);
    }

    /** Whether a member will not work well here. */
    public boolean hasProblem() {
        return count(Level.PROBLEM) > 0;
    }

    private long count(final Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }

    /** A line for each finding, a second one for what to do, and one with the sum. */
    public String text() {
        final StringBuilder text = new StringBuilder();
        for (final Finding finding : findings) {
            text.append(
                    "%-8s %-15s %s\n"
                            .formatted(finding.level().word(), finding.check(), finding.figure()));
            if (!finding.advice().isEmpty()) {
                text.append(INDENT).append(finding.advice()).append('\n');
            }
        }
        return text.append(
                        "%d problems, %d warnings\n"
                                .formatted(count(Level.PROBLEM), count(Level.WARNING)))
                .toString();
    }

    /** One object on a line. */
    public String json() {
        final List<Map<String, String>> list = new ArrayList<>();
        for (final Finding finding : findings) {
            final Map<String, String> fields = new LinkedHashMap<>();
            fields.put("check", finding.check());
            fields.put("level", finding.level().word());
            fields.put("figure", finding.figure());
            fields.put("advice", finding.advice());
            list.add(fields);
        }
        final Map<String, Object> all = new LinkedHashMap<>();
        all.put("problems", count(Level.PROBLEM));
        all.put("warnings", count(Level.WARNING));
        all.put("findings", list);
        try {
            return JSON.std.asString(all) + '\n';
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
