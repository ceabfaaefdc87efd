package io.larch.tools.flags;

import io.larch.engine.member.GoText;
import java.util.List;

/** The flags about the history of v3 keys, by etcd 3.4's rules. */
final class RevisionFlags {
    private final FlagSet flags;

    RevisionFlags(final FlagSet flags) {
        this.flags = flags;
    }

    ServerConfig.Revisions revisions() throws ExitException {
        final String mode = flags.text("auto-compaction-mode");
        if (!List.of("", "periodic", "revision").contains(mode)) {
            throw flags.contradiction(
                    "unknown auto-compaction-mode " + GoText.quoted(mode), "auto-compaction-mode");
        }
        return new ServerConfig.Revisions(
                quotaBytes(),
                flags.number("mvcc-memory", Long.MAX_VALUE / 2),
                !mode.equals("revision"),
                flags.text("auto-compaction-retention"));
    }

    private long quotaBytes() {
        final String text = flags.text("quota-backend-bytes");
        return text.isEmpty() ? 0 : GoNumber.signed(text);
    }
}
