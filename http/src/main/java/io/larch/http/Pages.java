package io.larch.http;

import io.larch.http.auth.AuthPages;
import io.larch.http.keys.KeysPage;
import io.larch.http.legacy.AdminPages;
import io.larch.http.members.MemberPages;
import io.larch.http.members.PeerPages;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.metrics.MetricsPage;
import io.larch.http.metrics.PasswordFigures;
import io.larch.http.misc.MiscPages;
import io.larch.http.misc.SnapshotPage;
import io.larch.http.output.OutputBudget;
import io.larch.http.route.Page;
import io.larch.http.route.PageTable;
import io.larch.http.stats.LatencyPages;
import io.larch.http.stats.StatsPages;
import io.larch.http.v3.gateway.GatewayPage;
import java.util.List;
import java.util.stream.Stream;

/** All pages of an edge, as their classes contribute them. Shared by the event loops. */
final class Pages {
    private final List<Page> all;
    private final boolean hasV2;

    /**
     * @param counters of all event loops.
     */
    Pages(
            final HttpContext context,
            final List<EdgeCounters> counters,
            final OutputBudget outputBudget,
            final PasswordFigures passwords) {
        final MiscPages misc =
                new MiscPages(
                        context.serverVersion(), context.commandLine(), context.logLevelSetter());
        final PeerPages peers = new PeerPages(context.clusterId(), context.epochNanos());
        this.hasV2 = context.isV2Enabled();
        this.all =
                Stream.of(
                                List.of(KeysPage.PAGE),
                                context.v3() == null ? List.<Page>of() : GatewayPage.PAGES,
                                new AuthPages(context.auth()).pages(),
                                new MemberPages(context.hasPeerTls()).pages(),
                                new StatsPages().pages(),
                                new LatencyPages().pages(),
                                new AdminPages().pages(),
                                misc.pages(),
                                new SnapshotPage().pages(),
                                new MetricsPage(
                                                counters,
                                                outputBudget,
                                                passwords,
                                                context.metrics())
                                        .pages(),
                                peers.pages())
                        .flatMap(List::stream)
                        .toList();
    }

    PageTable forClients() {
        return PageTable.forClients(all, hasV2);
    }

    PageTable forPeers() {
        return PageTable.forPeers(all);
    }
}
