package io.larch.tools.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a member hears another, as its own metrics tell.
 *
 * @param remoteId of the other, in hexadecimal.
 */
record Hearing(String remoteId, boolean isAnswering) {
    private static final Pattern METRIC =
            Pattern.compile(
                    "^etcd_network_active_peers\\{[^}]*Remote=\"([0-9a-f]+)\"[^}]*} ([01])(?:\\.0)?$",
                    Pattern.MULTILINE);

    /** Of all whom it knows, by the first of its client URLs that tells; else empty. */
    static List<Hearing> of(final Peers.Peer listener, final Machine machine) {
        for (final String url : listener.clientUrls()) {
            final List<Hearing> heard = new ArrayList<>();
            try {
                final Matcher matcher = METRIC.matcher(machine.page(url + "/metrics").body());
                while (matcher.find()) {
                    heard.add(new Hearing(matcher.group(1), matcher.group(2).equals("1")));
                }
            } catch (final IOException e) {
                // One that is down is told of elsewhere; another URL may do.
                continue;
            }
            if (!heard.isEmpty()) {
                return heard;
            }
        }
        return List.of();
    }
}
