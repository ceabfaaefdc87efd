package io.larch.tools.ctl;

import io.larch.tools.etcd.KvFiles;
import io.larch.tools.transfer.DirectorySource;
import io.larch.tools.transfer.KvImport;
import io.larch.tools.transfer.KvSource;
import io.larch.tools.transfer.Site;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Which keys of the files of an etcd are taken: of each API that is asked for, or that has some.
 * Both sides of all are looked at before anything is written.
 */
final class FilesImport {
    private static final String V2 = "v2";
    private static final String V3 = "v3";

    private final CopyRun run;
    private final DirectorySource tree;
    private final KvFiles files;
    private final boolean isWhole;
    private final Consumer<String> told;

    FilesImport(
            final CopyRun run,
            final DirectorySource tree,
            final KvFiles files,
            final boolean isWhole,
            final Consumer<String> told) {
        this.run = run;
        this.tree = tree;
        this.files = files;
        this.isWhole = isWhole;
        this.told = told;
    }

    /**
     * Imports.
     *
     * @param api v2, v3, both; empty: those that there are, or else v2.
     */
    void run(final String api, final Site target) throws Failure {
        if (api.equals(V2) || api.isEmpty() && !files.exist()) {
            run.run(tree, target);
            return;
        }
        try (KvSource keys = KvSource.open(files, isWhole, told)) {
            final boolean isTaken = !api.isEmpty() || keys.hasKeys();
            final boolean isTreeTaken =
                    !api.equals(V3) && (!api.isEmpty() || tree.hasKeys() || !isTaken);
            final KvImport copy = isTaken ? run.keys(keys, target) : null;
            if (isTaken) {
                copy.refuseOccupied();
            }
            if (isTreeTaken) {
                run.run(tree, target);
            }
            if (isTaken) {
                run.run(copy);
            }
        } catch (final IOException e) {
            throw CopyRun.failure(e);
        }
    }
}
