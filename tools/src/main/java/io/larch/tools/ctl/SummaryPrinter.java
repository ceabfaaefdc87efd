package io.larch.tools.ctl;

import com.fasterxml.jackson.jr.ob.JSON;
import io.larch.tools.backup.SnapshotSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints what is in a snapshot, in the format of {@code --output}. */
final class SummaryPrinter {
    private final PrintWriter out;
    private final String format;

    SummaryPrinter(final PrintWriter out, final String format) {
        this.out = out;
        this.format = format;
    }

    void print(final SnapshotSummary summary) throws IOException {
        switch (format) {
            case "extended" -> extended(summary);
            case "json" -> out.println(JSON.std.asString(fields(summary)));
            default -> simple(summary);
        }
    }

    private void simple(final SnapshotSummary summary) {
        out.println(
                String.join(
                        ", ",
                        "index " + summary.index(),
                        "term " + summary.term(),
                        "cluster " + summary.clusterId(),
                        "members " + summary.members().size(),
                        "v2 keys " + summary.keys(),
                        "v3 keys " + summary.kvKeys(),
                        "v3 revision " + summary.revision(),
                        summary.length() + " bytes"));
    }

    private void extended(final SnapshotSummary summary) {
        fields(summary)
                .forEach(
                        (name, value) -> {
                            if (!name.equals("members")) {
                                out.println(title(name) + ": " + value);
                            }
                        });
        for (final SnapshotSummary.Member member : summary.members()) {
            out.println(
                    "Member: "
                            + member.id()
                            + " name="
                            + member.name()
                            + " peerURLs="
                            + String.join(",", member.peerUrls()));
        }
    }

    /** storeIndex: Store-Index. */
    private static String title(final String name) {
        final String words = name.replaceAll("([A-Z]+)", "-$1");
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    private static Map<String, Object> fields(final SnapshotSummary summary) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("index", summary.index());
        fields.put("term", summary.term());
        fields.put("cluster", summary.clusterId());
        fields.put("storeIndex", summary.storeIndex());
        fields.put("keys", summary.keys());
        fields.put("directories", summary.directories());
        fields.put("v3Revision", summary.revision());
        fields.put("v3Keys", summary.kvKeys());
        fields.put("v3Leases", summary.leases());
        fields.put("users", summary.users());
        fields.put("roles", summary.roles());
        fields.put("isAuthEnabled", summary.isAuthEnabled());
        fields.put("bytes", summary.length());
        fields.put("sha256", summary.sha256());
        final List<Map<String, Object>> members = new ArrayList<>();
        for (final SnapshotSummary.Member member : summary.members()) {
            final Map<String, Object> each = new LinkedHashMap<>();
            each.put("id", member.id());
            each.put("name", member.name());
            each.put("peerURLs", member.peerUrls());
            members.add(each);
        }
        fields.put("members", members);
        return fields;
    }
}
