package io.larch.tools.ctl;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.larch.tools.process.Signals;
import io.larch.tools.transfer.Digest;
import io.larch.tools.transfer.KvSource;
import io.larch.tools.transfer.KvSummary;
import io.larch.tools.transfer.KvTransfer;
import io.larch.tools.transfer.Site;
import io.larch.tools.transfer.Source;
import io.larch.tools.transfer.StateFile;
import io.larch.tools.transfer.Summary;
import io.larch.tools.transfer.Transfer;
import io.larch.tools.transfer.TransferException;
import io.larch.tools.transfer.TransferOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** One copy from beginning to end, and what is printed of it. */
final class CopyRun {
    private final Session session;
    private final CopyFlags flags;

    CopyRun(final Session session, final CopyFlags flags) {
        this.session = session;
        this.flags = flags;
    }

    private CopyProgress progress() {
        final boolean isTold = flags.isProgressWanted || System.console() != null;
        return new CopyProgress(session.err(), isTold, !flags.isProgressWanted, System::nanoTime);
    }

    void run(final Source source, final Site target) throws Failure {
        run(source, null, target);
    }

    /**
     * Copies keys of one API or of both, which are looked at before anything is written. Who
     * follows does both at once, else v2 keys come first.
     *
     * @param tree of the v2 API; null: not taken.
     * @param keys of the v3 API; null: not taken.
     */
    void run(final Source tree, final KvSource keys, final Site target) throws Failure {
        final TransferOptions options = flags.options();
        if (tree != null && keys != null && options.untilIndex() != Long.MAX_VALUE) {
            throw Failure.error(
                    Failure.BAD_ARGUMENTS,
                    "--until-index needs --api v2 or v3, as each API counts by itself");
        }
        final CopyProgress progress = progress();
        final KvTransfer kv =
                keys == null
                        ? null
                        : new KvTransfer(
                                keys,
                                target,
                                flags.prefix(),
                                options,
                                new StateFile(flags.kvStateFile()),
                                progress);
        try (Transfer v2 =
                tree == null
                        ? null
                        : new Transfer(
                                tree,
                                target,
                                options,
                                new StateFile(flags.stateFile()),
                                progress)) {
            if (kv != null) {
                kv.refuseOccupied();
            }
            if (options.isFollowing()) {
                follow(v2, kv);
                return;
            }
            if (v2 != null) {
                print(v2.run());
            }
            if (kv != null) {
                new KvPrinter(session).print(kv.run());
            }
        } catch (final IOException e) {
            throw failure(e);
        }
    }

    private void follow(final Transfer v2, final KvTransfer kv) throws IOException {
        cutOverBySignal(
                () -> {
                    if (v2 != null) {
                        v2.cutOver();
                    }
                    if (kv != null) {
                        kv.cutOver();
                    }
                });
        final SideBySide copies = new SideBySide();
        final Future<Summary> tree = v2 == null ? null : copies.start(v2::run);
        final Future<KvSummary> keys = kv == null ? null : copies.start(kv::run);
        copies.await();
        if (tree != null) {
            print(SideBySide.result(tree));
        }
        if (keys != null) {
            new KvPrinter(session).print(SideBySide.result(keys));
        }
    }

    static Failure failure(final IOException reason) {
        return reason instanceof TransferException transfer
                ? Failure.error(status(transfer.kind()), transfer.getMessage())
                : Failure.error(Failure.SERVER_ERROR, reason);
    }

    /** The second one ends the program at once. */
    private static void cutOverBySignal(final Runnable cutOver) {
        final AtomicBoolean hasCome = new AtomicBoolean();
        Signals.onSignal(
                kind -> {
                    if (hasCome.getAndSet(true)) {
                        Runtime.getRuntime().halt(kind.status());
                    }
                    cutOver.run();
                });
    }

    private static int status(final TransferException.Kind kind) {
        return switch (kind) {
            case UNREACHABLE -> Failure.BAD_CONNECTION;
            case REFUSED -> Failure.SERVER_ERROR;
            case OCCUPIED -> Failure.OCCUPIED;
            case DIFFERENT -> Failure.DIFFERENT;
            case DAMAGED -> Failure.FILES;
            case SOURCE_DAMAGED -> Failure.DAMAGED;
        };
    }

    private void print(final Summary summary) throws IOException {
        final PrintWriter out = session.out();
        if (session.globals().output.equals("json")) {
            out.println(json(summary));
            return;
        }
        out.printf(
                "%s is copied up to index %s of the source: %d keys and directories, %d written, %d"
                        + " deleted, %d changes followed%n",
                summary.prefix(),
                Long.toUnsignedString(summary.sourceIndex()),
                summary.entries(),
                summary.written(),
                summary.deleted(),
                summary.followed());
        final Digest digest = summary.digest();
        if (digest != null) {
            out.printf(
                    "both sides are the same: %d keys, %d directories, sha256 %s%n",
                    digest.keys(), digest.directories(), digest.sha256());
        }
    }

    private static String json(final Summary summary) throws IOException {
        final StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("prefix", summary.prefix());
            json.writeNumberField("sourceIndex", summary.sourceIndex());
            json.writeNumberField("entries", summary.entries());
            json.writeNumberField("written", summary.written());
            json.writeNumberField("deleted", summary.deleted());
            json.writeNumberField("followed", summary.followed());
            json.writeNumberField("passes", summary.passes());
            if (summary.digest() != null) {
                json.writeNumberField("keys", summary.digest().keys());
                json.writeNumberField("directories", summary.digest().directories());
                json.writeStringField("sha256", summary.digest().sha256());
            }
            json.writeEndObject();
        }
        return text.toString();
    }
}
