package io.larch.tools.ctl;

import io.larch.tools.transfer.Paths;
import io.larch.tools.transfer.TransferOptions;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What {@code import} and {@code export} have in common, as it was given. */
final class CopyFlags {
    private static final Duration QUIET = Duration.ofSeconds(2);

    @Option(
            names = "--prefix",
            paramLabel = "KEY",
            description =
                    "Copy this key or directory and what is below it. A hidden one, with a name that"
                            + " begins with _, is copied only by its own name. Of v3 keys: all that"
                            + " begin with it. Default: /.")
    private String prefix = "";

    @Option(
            names = "--api",
            paramLabel = "API",
            description =
                    "Take the keys of the v2 API, of the v3 API, or of both: v2, v3, both. Default:"
                            + " those that there are.")
    private String api = "";

    @Option(
            names = "--follow",
            description =
                    "Go on with every change of the source until Ctrl-C or SIGTERM, then copy what is"
                            + " left and end.")
    private boolean isFollowing;

    @Option(
            names = "--until-index",
            paramLabel = "INDEX",
            description =
                    "With --follow: end when the source's index, or its revision, has come to this.")
    private long untilIndex = Long.MAX_VALUE;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description = "Keep here how far the copy is, and go on from there next time.")
    private String state = "";

    @Option(
            names = "--force",
            description =
                    "Make the target the same also when it has keys already; those that the source has"
                            + " not are deleted.")
    private boolean isForced;

    @Option(
            names = "--verify",
            description =
                    "Compare all keys, values, directories and leases of both sides at the end.")
    private boolean isVerified;

    @Option(
            names = "--in-parts",
            paramLabel = "DEPTH",
            description =
                    "Read directories of so many levels one by one, not all keys in one answer. Of v2"
                            + " keys.")
    private long partsDepth;

    @Option(
            names = "--parallel",
            paramLabel = "WRITES",
            description = "Writes under way at a time. Default: 16. Of v2 keys.")
    private long parallel = 16;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            description = "How long to go on asking a side that does not answer. Default: 30s.")
    Duration patience = Duration.ofSeconds(30);

    @Option(
            names = "--progress",
            description = "Tell on standard error how far it is, also without a terminal.")
    boolean isProgressWanted;

    @Option(
            names = "--remote-username",
            paramLabel = "NAME[:PASSWORD]",
            description = "Who asks etcd; --username is who asks Larch.")
    String remoteUsername = "";

    @Option(
            names = "--remote-ca-file",
            paramLabel = "FILE",
            description = "The authorities whose certificates etcd must show.")
    String remoteCaFile = "";

    @Option(
            names = "--remote-cert-file",
            paramLabel = "FILE",
            description = "The certificate that is shown to etcd.")
    String remoteCertFile = "";

    @Option(
            names = "--remote-key-file",
            paramLabel = "FILE",
            description = "The private key of this certificate.")
    String remoteKeyFile = "";

    TransferOptions options() throws Failure {
        if (parallel < 1 || parallel > 1000) {
            throw Failure.error(
                    Failure.BAD_ARGUMENTS, "--parallel must be from 1 to 1000: " + parallel);
        }
        if (partsDepth < 0 || partsDepth > 100) {
            throw Failure.error(
                    Failure.BAD_ARGUMENTS, "--in-parts must be from 0 to 100: " + partsDepth);
        }
        return new TransferOptions(
                Paths.canonical(prefix),
                (int) partsDepth,
                isFollowing || untilIndex != Long.MAX_VALUE,
                untilIndex,
                isForced,
                isVerified,
                (int) parallel,
                QUIET);
    }

    /** Which keys are taken; empty: those that there are. */
    Api api() throws Failure {
        return Api.of(api);
    }

    /** As it was given; empty: all. */
    String prefix() {
        return prefix;
    }

    /** Null: none. */
    Path stateFile() {
        return state.isEmpty() ? null : Path.of(state);
    }

    /** That of v3 keys beside it. Null: none. */
    Path kvStateFile() {
        return state.isEmpty() ? null : Path.of(state + ".v3");
    }
}
