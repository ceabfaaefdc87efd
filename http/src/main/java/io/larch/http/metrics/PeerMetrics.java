package io.larch.http.metrics;

import io.larch.engine.port.PeerContact;
import io.larch.engine.port.QueryViews;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/** Metrics of how a member stands with the others: etcd 3.4's, and how long one has been silent. */
final class PeerMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private PeerMetrics() {}

    static void addTo(final List<MetricSnapshot> all, final QueryViews.Contacts contacts) {
        final GaugeSnapshot.Builder active =
                GaugeSnapshot.builder()
                        .name("etcd_network_active_peers")
                        .help("1 if the peer answers.");
        final GaugeSnapshot.Builder silent =
                GaugeSnapshot.builder()
                        .name("larch_peer_silent_seconds")
                        .help("For how long the peer has not answered; 0 if it does.");
        for (final PeerContact peer : contacts.peers()) {
            final String id = Long.toHexString(peer.peerId());
            final Labels pair =
                    Labels.of("Local", Long.toHexString(contacts.localId()), "Remote", id);
            active.dataPoint(point(pair, peer.isAnswering() ? 1 : 0));
            final Labels where = Labels.of("address", peer.address(), "remoteID", id);
            silent.dataPoint(
                    point(where, peer.isAnswering() ? 0 : peer.forNanos() / NANOS_PER_SECOND));
        }
        all.add(active.build());
        all.add(silent.build());
    }

    private static GaugeDataPointSnapshot point(final Labels labels, final double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
