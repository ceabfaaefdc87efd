package io.larch.tools.flags;

import java.util.ArrayList;
import java.util.List;

/** The process is to end before it starts a member: help was asked for, or a flag is wrong. */
public final class ExitException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient String standardOut;
    private final transient String standardError;
    private final transient List<Remark> remarks;

    private ExitException(
            final int status,
            final String standardOut,
            final String standardError,
            final List<Remark> remarks) {
        super(standardOut + standardError + remarks);
        this.status = status;
        this.standardOut = standardOut;
        this.standardError = standardError;
        this.remarks = remarks;
    }

    /** What was asked for is printed; all is well. */
    static ExitException print(final String text) {
        return new ExitException(0, text, "", List.of());
    }

    /** A flag that cannot be read: Go's message, then how it is done. */
    static ExitException usage(final String message, final String usage) {
        return new ExitException(2, "", message + "\n" + usage, List.of());
    }

    /** Flags that can be read but do not go together. */
    static ExitException verification(final String problem, final String... more) {
        final List<Remark> remarks = new ArrayList<>();
        remarks.add(Remark.error("error verifying flags, " + problem + ". See 'larchd --help'."));
        for (final String line : more) {
            remarks.add(Remark.error(line));
        }
        return new ExitException(1, "", "", List.copyOf(remarks));
    }

    /** Anything else that keeps the member from starting. */
    public static ExitException critical(final String problem) {
        return new ExitException(1, "", "", List.of(Remark.critical(problem)));
    }

    /**
     * All of these, the first of which decides on the status.
     *
     * @param causes not empty.
     */
    static ExitException all(final List<ExitException> causes) {
        return new ExitException(
                causes.get(0).status,
                "",
                "",
                causes.stream().flatMap(cause -> cause.remarks.stream()).toList());
    }

    /** Ends with the lines given, the last of which says why. */
    public static ExitException explained(final List<Remark> remarks) {
        return new ExitException(1, "", "", List.copyOf(remarks));
    }

    /** Of the process. */
    public int status() {
        return status;
    }

    /** Text for the standard output; may be empty. */
    public String standardOut() {
        return standardOut;
    }

    /** Text for the standard error, outside the log; may be empty. */
    public String standardError() {
        return standardError;
    }

    /** Lines for the log. */
    public List<Remark> remarks() {
        return remarks;
    }
}
