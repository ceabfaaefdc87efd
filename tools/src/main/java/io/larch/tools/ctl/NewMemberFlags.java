package io.larch.tools.ctl;

import io.larch.tools.backup.BackupException;
import io.larch.tools.backup.Founders;
import io.larch.tools.backup.RestoredMember;
import io.larch.tools.flags.LarchFlags;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** Flags of commands that make the data directory of a member of a new cluster. */
final class NewMemberFlags {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "The new member's data directory, empty or not there yet.")
    private String dataDir = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The new member's name. Default: default.")
    private String name = "default";

    @Option(
            names = "--initial-cluster",
            paramLabel = "NAME=URL,...",
            description = "All members of the new cluster, this one included.")
    private String initialCluster = "";

    @Option(
            names = "--initial-cluster-token",
            paramLabel = "TOKEN",
            description = "What the new ids follow from. Default: etcd-cluster.")
    private String token = "etcd-cluster";

    @Option(
            names = "--initial-advertise-peer-urls",
            paramLabel = "URLS",
            description = "The new member's peer URLs. Default: as in --initial-cluster.")
    private String advertised = "";

    @Option(
            names = "--force",
            description = "Replace the member that is in the directory, unless it runs.")
    private boolean isForced;

    private Founders founders;

    /** Whether a member that is there may be replaced. */
    boolean isForced() {
        return isForced;
    }

    /** The member that the flags tell of. */
    RestoredMember member() throws BackupException, Failure {
        if (dataDir.isEmpty()) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "--data-dir required");
        }
        founders =
                Founders.of(
                        name,
                        initialCluster.isEmpty() ? LarchFlags.defaultCluster(name) : initialCluster,
                        token,
                        advertised);
        return founders.member(SnapshotCommand.path(dataDir));
    }

    /**
     * Tells that the member is made.
     *
     * @param what more there is to say.
     */
    void printDone(final PrintWriter out, final String what) {
        out.println(
                "Restored member "
                        + founders.memberId()
                        + " of cluster "
                        + founders.clusterId()
                        + " in "
                        + dataDir
                        + what);
    }
}
