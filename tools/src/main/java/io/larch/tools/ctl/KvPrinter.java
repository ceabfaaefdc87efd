package io.larch.tools.ctl;

import com.fasterxml.jackson.jr.ob.JSON;
import io.larch.tools.transfer.KvSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints what became of a copy of v3 keys, in the format of {@code --output}. */
final class KvPrinter {
    private final Session session;

    KvPrinter(final Session session) {
        this.session = session;
    }

    void print(final KvSummary summary) throws IOException {
        final PrintWriter out = session.out();
        if (session.globals().output.equals("json")) {
            out.println(JSON.std.asString(fields(summary)));
            return;
        }
        out.printf(
                "v3 keys are copied up to revision %d of the source: %d keys and %d leases, %d"
                        + " written, %d deleted%s%n",
                summary.revision(),
                summary.keys(),
                summary.leases(),
                summary.written(),
                summary.deleted(),
                summary.followed() == null
                        ? ""
                        : ", %d changes followed".formatted(summary.followed()));
        if (summary.sha256() != null) {
            out.printf(
                    "both sides are the same: %d v3 keys, %d leases, sha256 %s%n",
                    summary.keys(), summary.leases(), summary.sha256());
        }
    }

    private static Map<String, Object> fields(final KvSummary summary) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("sourceRevision", summary.revision());
        fields.put("v3Keys", summary.keys());
        fields.put("v3Leases", summary.leases());
        fields.put("written", summary.written());
        fields.put("deleted", summary.deleted());
        if (summary.followed() != null) {
            fields.put("followed", summary.followed());
            fields.put("passes", summary.passes());
        }
        if (summary.sha256() != null) {
            fields.put("sha256", summary.sha256());
        }
        return fields;
    }
}
