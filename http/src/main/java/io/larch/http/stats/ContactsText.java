package io.larch.http.stats;

import io.larch.engine.port.PeerContact;
import io.larch.engine.port.QueryViews;
import io.larch.http.go.GoText;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.text.UtcTime;
import java.util.Comparator;
import java.util.List;

/** How a member stands with the others, as JSON: an array, in the order of their ids. */
public final class ContactsText {
    private static final double NANOS_PER_SECOND = 1e9;

    private ContactsText() {}

    /** Prints all peers. */
    public static void put(final JsonWriter json, final QueryViews.Contacts contacts) {
        put(json, contacts.nowNanos(), contacts.peers());
    }

    /** Prints a field of those that do not answer; nothing when all do. */
    static void putSilent(
            final JsonWriter json, final String name, final QueryViews.Contacts contacts) {
        final List<PeerContact> silent =
                contacts.peers().stream().filter(peer -> !peer.isAnswering()).toList();
        if (!silent.isEmpty()) {
            json.out().put(",\"").put(name).put("\":");
            put(json, contacts.nowNanos(), silent);
        }
    }

    private static void put(
            final JsonWriter json, final long nowNanos, final List<PeerContact> peers) {
        final List<PeerContact> sorted =
                peers.stream()
                        .sorted(Comparator.comparing(PeerContact::peerId, Long::compareUnsigned))
                        .toList();
        String separator = "";
        json.out().put('[');
        for (final PeerContact peer : sorted) {
            json.out().put(separator);
            put(json, nowNanos, peer);
            separator = ",";
        }
        json.out().put(']');
    }

    private static void put(final JsonWriter json, final long nowNanos, final PeerContact peer) {
        final ByteWriter out = json.out();
        out.put("{\"id\":\"").putHex(peer.peerId()).put("\",\"peerURLs\":");
        json.strings(peer.peerUrls());
        out.put(",\"address\":");
        json.string(peer.address());
        out.put(",\"answers\":").put(peer.isAnswering() ? "true" : "false");
        out.put(",\"since\":\"");
        UtcTime.putRfc3339(out, nowNanos - peer.forNanos());
        out.put("\",\"seconds\":").put(GoText.number(peer.forNanos() / NANOS_PER_SECOND));
        if (!peer.isAnswering()) {
            out.put(",\"hasAnswered\":").put(peer.hasAnswered() ? "true" : "false");
            out.put(",\"finding\":");
            json.string(peer.finding());
        }
        out.put('}');
    }
}
