package io.larch.tools.log;

import java.util.List;
import java.util.Optional;

/**
 * Where the log goes, and how it looks.
 *
 * @param outputs {@link #DEFAULT}, {@link #STDERR}, {@link #STDOUT}, {@link #JOURNAL} or paths of
 *     files; not empty.
 * @param rotation of the file among them.
 */
public record LogTarget(Form form, List<String> outputs, Optional<LogRotation> rotation) {
    /** The standard error. */
    public static final String DEFAULT = "default";

    public static final String STDERR = "stderr";
    public static final String STDOUT = "stdout";

    /** That of systemd. */
    public static final String JOURNAL = "systemd/journal";

    /** Without any flag. */
    public static final LogTarget STANDARD =
            new LogTarget(Form.CONSOLE, List.of(DEFAULT), Optional.empty());

    private static final List<String> NO_FILES = List.of(DEFAULT, STDERR, STDOUT, JOURNAL);

    /** How a line looks. */
    public enum Form {
        /** As etcd 2 prints it. */
        CONSOLE,
        /** One object a line, as etcd 3's zap. */
        JSON
    }

    /** Whether this is what there is without any flag. */
    boolean isStandard() {
        // Not equals(): a record's is made of method handles, at its first use.
        return form == STANDARD.form && outputs.equals(STANDARD.outputs) && rotation.isEmpty();
    }

    /** Those outputs that are paths. */
    public List<String> files() {
        return outputs.stream().filter(output -> !NO_FILES.contains(output)).toList();
    }
}
