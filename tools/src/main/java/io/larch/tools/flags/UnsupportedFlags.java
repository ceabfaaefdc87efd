package io.larch.tools.flags;

import io.larch.engine.member.GoText;
import java.util.List;

/**
 * Flags of etcd 2 for what Larch does not do yet. One that would change what the member is, or how
 * safe it is, ends the start; one that changes nothing here is only mentioned.
 */
final class UnsupportedFlags {
    private final FlagSet flags;

    UnsupportedFlags(final FlagSet flags) {
        this.flags = flags;
    }

    void check() throws ExitException {
        checkForeign();
    }

    /** Words that etcd 3 does not know either. */
    private void checkForeign() throws ExitException {
        final String logger = flags.isSet("logger") ? flags.text("logger") : "capnslog";
        if (!List.of("capnslog", "zap").contains(logger)) {
            throw flags.contradiction("unknown logger option " + GoText.quoted(logger), "logger");
        }
        final String outputs = flags.text("log-outputs");
        if (flags.isSet("log-outputs")
                && logger.equals("capnslog")
                && !List.of("default", "stderr", "stdout").contains(outputs)) {
            throw flags.contradiction(
                    "unknown log-output "
                            + GoText.quoted(outputs)
                            + " (only supports \"default\", \"stderr\", \"stdout\")",
                    "log-outputs");
        }
        final String compaction = flags.text("auto-compaction-mode");
        if (!List.of("", "periodic", "revision").contains(compaction)) {
            throw flags.contradiction(
                    "unknown auto-compaction-mode " + GoText.quoted(compaction),
                    "auto-compaction-mode");
        }
    }
}
