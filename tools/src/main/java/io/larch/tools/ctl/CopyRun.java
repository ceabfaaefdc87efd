package io.larch.tools.ctl;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.larch.tools.process.Signals;
import io.larch.tools.transfer.Digest;
import io.larch.tools.transfer.KvImport;
import io.larch.tools.transfer.KvSource;
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
        final TransferOptions options = flags.options();
        try (Transfer transfer =
                new Transfer(
                        source, target, options, new StateFile(flags.stateFile()), progress())) {
            if (options.isFollowing()) {
                cutOverBySignal(transfer);
            }
            print(transfer.run());
        } catch (final IOException e) {
            throw failure(e);
        }
    }

    /** An import of v3 keys, that has not begun. */
    KvImport keys(final KvSource source, final Site target) throws Failure {
        return new KvImport(
                source,
                target,
                flags.prefix(),
                flags.options(),
                new StateFile(flags.kvStateFile()),
                progress());
    }

    void run(final KvImport keys) throws Failure {
        try {
            new KvPrinter(session).print(keys.run());
        } catch (final IOException e) {
            throw failure(e);
        }
    }

    static Failure failure(final IOException reason) {
        return reason instanceof TransferException transfer
                ? Failure.error(status(transfer.kind()), transfer.getMessage())
                : Failure.error(Failure.SERVER_ERROR, reason);
    }

    /** The second one ends the program at once. */
    private static void cutOverBySignal(final Transfer transfer) {
        final AtomicBoolean hasCome = new AtomicBoolean();
        Signals.onSignal(
                kind -> {
                    if (hasCome.getAndSet(true)) {
                        Runtime.getRuntime().halt(kind.status());
                    }
                    transfer.cutOver();
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
