package io.larch.tools.ctl;

import io.larch.tools.etcd.KvFiles;
import io.larch.tools.transfer.DirectorySource;
import io.larch.tools.transfer.KvFilesSource;
import io.larch.tools.transfer.Site;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Which keys of the files of an etcd are taken: of each API that is asked for, or that has some.
 * Both sides of all are looked at before anything is written.
 */
final class FilesImport {
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

    /** Imports; where there are no keys at all, those of the v2 API. */
    void run(final Api api, final Site target) throws Failure {
        if (api == Api.V2 || api == Api.ANY && !files.exist()) {
            run.run(tree, target);
            return;
        }
        try (KvFilesSource keys = KvFilesSource.open(files, isWhole, told)) {
            final boolean isTaken = api != Api.ANY || keys.hasKeys();
            final boolean isTreeTaken =
                    api == Api.BOTH || api == Api.ANY && (tree.hasKeys() || !isTaken);
            run.run(isTreeTaken ? tree : null, isTaken ? keys : null, target);
        } catch (final IOException e) {
            throw CopyRun.failure(e);
        }
    }
}
