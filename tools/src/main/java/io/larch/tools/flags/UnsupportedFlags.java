package io.larch.tools.flags;

import io.larch.engine.member.GoText;
import java.util.List;
import java.util.stream.Stream;

/**
 * Flags of etcd 2 for what Larch does not do yet. One that would change what the member is, or how
 * safe it is, ends the start; one that changes nothing here is only mentioned.
 */
final class UnsupportedFlags {
    private static final List<String> TLS_FLAGS =
            List.of("cert-file", "key-file", "client-cert-auth", "trusted-ca-file", "ca-file");

    private final FlagSet flags;
    private final List<Remark> remarks;

    UnsupportedFlags(final FlagSet flags, final List<Remark> remarks) {
        this.flags = flags;
        this.remarks = remarks;
    }

    void check() throws ExitException {
        checkForeign();
        checkTls("", List.of("listen-client-urls", "advertise-client-urls"));
        checkTls("peer-", List.of("listen-peer-urls", "initial-advertise-peer-urls"));
    }

    /** Words that etcd 3 does not know either. */
    private void checkForeign() throws ExitException {
        final String logger = flags.isSet("logger") ? flags.text("logger") : "capnslog";
        if (!List.of("capnslog", "zap").contains(logger)) {
            throw ExitException.verification("unknown logger option " + GoText.quoted(logger));
        }
        final String outputs = flags.text("log-outputs");
        if (flags.isSet("log-outputs")
                && logger.equals("capnslog")
                && !List.of("default", "stderr", "stdout").contains(outputs)) {
            throw ExitException.verification(
                    "unknown log-output "
                            + GoText.quoted(outputs)
                            + " (only supports \"default\", \"stderr\", \"stdout\")");
        }
        final String compaction = flags.text("auto-compaction-mode");
        if (!List.of("", "periodic", "revision").contains(compaction)) {
            throw ExitException.verification(
                    "unknown auto-compaction-mode " + GoText.quoted(compaction));
        }
    }

    private void checkTls(final String prefix, final List<String> urlFlags) throws ExitException {
        final List<String> given =
                TLS_FLAGS.stream()
                        .map(flag -> prefix + flag)
                        .filter(flags::isSet)
                        .filter(flag -> !List.of("", "false").contains(flags.text(flag)))
                        .toList();
        final boolean wantsTls =
                urlFlags.stream()
                        .flatMap(flag -> flags.urls(flag).stream())
                        .anyMatch(url -> url.startsWith("https://"));
        if (wantsTls) {
            final boolean hasPair =
                    Stream.of("cert-file", "key-file").allMatch(f -> given.contains(prefix + f));
            throw ExitException.critical(
                    hasPair
                            ? "Larch cannot yet speak TLS (https URL in -" + urlFlags.get(0) + ")"
                            : "cannot listen on TLS for given listener: KeyFile and CertFile are"
                                    + " not presented");
        }
        if (!given.isEmpty()) {
            // As etcd: the certificates lie unused when all URLs are http.
            remarks.add(
                    Remark.warning(
                            "The scheme of the urls is http while -"
                                    + String.join(", -", given)
                                    + " is given. Ignored the TLS flags."));
        }
    }
}
