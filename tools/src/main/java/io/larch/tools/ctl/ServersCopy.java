package io.larch.tools.ctl;

import io.larch.tools.transfer.KvServersSource;
import io.larch.tools.transfer.Site;
import io.larch.tools.transfer.TransferOptions;
import io.larch.tools.transfer.V2Source;
import java.io.IOException;
import java.util.function.Consumer;

/** Which keys of a store that answers are taken: of each API that is asked for, or has some. */
final class ServersCopy {
    private final CopyRun run;
    private final CopyFlags flags;
    private final Consumer<String> told;

    ServersCopy(final CopyRun run, final CopyFlags flags, final Consumer<String> told) {
        this.run = run;
        this.flags = flags;
        this.told = told;
    }

    void run(final Site source, final Site target) throws Failure {
        final V2Source tree = new V2Source(source);
        final KvServersSource keys = new KvServersSource(source, flags.prefix());
        switch (flags.api()) {
            case V2 -> run.run(tree, null, target);
            case V3 -> run.run(null, keys, target);
            case BOTH -> run.run(tree, keys, target);
            default -> runAny(tree, keys, target);
        }
    }

    private void runAny(final V2Source tree, final KvServersSource keys, final Site target)
            throws Failure {
        final TransferOptions options = flags.options();
        final boolean isTreeThere;
        final boolean areKeysThere;
        final boolean isTreeTaken;
        final boolean areKeysTaken;
        try {
            isTreeThere = tree.exists();
            areKeysThere = keys.exists();
            areKeysTaken = areKeysThere && (keys.hasKeys() || !isTreeThere);
            isTreeTaken = !areKeysTaken || isTreeThere && tree.hasKeys(options);
            if (keys.isWithoutGateway()) {
                told.accept(
                        "v3 keys are LEFT OUT: the source has no JSON gateway at /v3; etcd has one"
                                + " from 3.4 on, unless it is told --enable-grpc-gateway=false");
            }
        } catch (final IOException e) {
            throw CopyRun.failure(e);
        }
        if (options.isFollowing() && isTreeThere && areKeysThere && isTreeTaken != areKeysTaken) {
            told.accept(
                    "there are no %s keys, so they are not followed; --api both follows these, too"
                            .formatted(isTreeTaken ? "v3" : "v2"));
        }
        run.run(isTreeTaken ? tree : null, areKeysTaken ? keys : null, target);
    }
}
