package io.larch.tools.ctl;

import java.io.IOException;
import java.util.List;

/** No endpoint gave an answer; each has its reason. */
final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String detail;
    private final boolean isUnreachable;

    /**
     * @param reasons one for each endpoint that was tried, in this order.
     * @param isUnreachable whether with none of them a connection came about.
     */
    UnavailableException(final List<String> reasons, final boolean isUnreachable) {
        super(
                "client: etcd cluster is unavailable or misconfigured"
                        + numbered(reasons, "; error #"));
        this.detail = numbered(reasons, "error #");
        this.isUnreachable = isUnreachable;
    }

    private static String numbered(final List<String> reasons, final String prefix) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < reasons.size(); i++) {
            text.append(prefix).append(i).append(": ").append(reasons.get(i)).append('\n');
        }
        return text.toString();
    }

    /** A line for each endpoint. */
    String detail() {
        return detail;
    }

    boolean isUnreachable() {
        return isUnreachable;
    }
}
