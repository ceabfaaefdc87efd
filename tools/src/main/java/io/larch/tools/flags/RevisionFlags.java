package io.larch.tools.flags;

/** The flags about the history of v3 keys, by etcd 3.4's rules. */
final class RevisionFlags {
    private final FlagSet flags;

    RevisionFlags(final FlagSet flags) {
        this.flags = flags;
    }

    ServerConfig.Revisions revisions() {
        return new ServerConfig.Revisions(
                quotaBytes(),
                !flags.text("auto-compaction-mode").equals("revision"),
                flags.text("auto-compaction-retention"));
    }

    private long quotaBytes() {
        final String text = flags.text("quota-backend-bytes");
        return text.isEmpty() ? 0 : GoNumber.signed(text);
    }
}
