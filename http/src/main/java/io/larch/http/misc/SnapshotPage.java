package io.larch.http.misc;

import io.larch.http.route.Exchange;
import io.larch.http.route.Page;
import java.util.List;

/**
 * /admin/snapshot: all that this member has applied, as a snapshot file. It is there whether or not
 * the v2 API is, and asks no other member: one without a leader gives what it has. With users and
 * roles only the role root gets it, since it holds every key and every password's hash.
 */
public final class SnapshotPage {
    public static final String PATH = "/admin/snapshot";

    public List<Page> pages() {
        return List.of(Page.at(PATH, SnapshotPage::send));
    }

    private static void send(final Exchange exchange) {
        if (exchange.isGet()) {
            exchange.asRoot(
                    () -> exchange.sendState(reason -> exchange.message(503, reason, true)));
        }
    }
}
