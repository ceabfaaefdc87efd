package io.larch.tools.doctor;

import io.larch.tools.client.Json;
import io.larch.tools.flags.ServerConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who the members are: as a running one tells, else as the flags do.
 *
 * @param isKnown whether anybody told.
 */
record Peers(List<Peer> all, List<Peer> others, boolean isKnown) {
    /**
     * A member.
     *
     * @param id in hexadecimal; empty when only flags told.
     */
    record Peer(String id, String name, List<String> peerUrls, List<String> clientUrls) {}

    static Peers find(final ServerConfig config, final Machine machine) {
        final List<Peer> given = new ArrayList<>();
        config.bootstrap()
                .cluster()
                .urlsByName()
                .forEach(
                        (name, urls) ->
                                given.add(new Peer("", name, List.copyOf(urls), List.of())));
        final List<String> urls = new ArrayList<>(config.urls().advertisePeer());
        given.forEach(peer -> urls.addAll(peer.peerUrls()));
        for (final String url : urls.stream().distinct().toList()) {
            try {
                return of(members(machine.page(url + "/members")), config, true);
            } catch (final IOException e) {
                // The next one may know.
                continue;
            }
        }
        final boolean isKnown =
                !config.bootstrap().discovery().hasUrl()
                        && !config.bootstrap().discovery().hasSrvDomain();
        return of(given, config, isKnown);
    }

    private static Peers of(
            final List<Peer> all, final ServerConfig config, final boolean isKnown) {
        final List<Peer> others =
                all.stream()
                        .filter(peer -> !peer.name().equals(config.name()))
                        .filter(
                                peer ->
                                        peer.peerUrls().stream()
                                                .noneMatch(config.urls().advertisePeer()::contains))
                        .toList();
        return new Peers(List.copyOf(all), others, isKnown);
    }

    private static List<Peer> members(final Machine.Page page) throws IOException {
        final List<Peer> members = new ArrayList<>();
        for (final Object element : Json.list(Json.parse(page.body()))) {
            final Map<String, Object> fields = Json.object(element);
            final String id = Long.toHexString(Json.unsigned(fields.get("id")));
            final String name = Json.text(fields.getOrDefault("name", ""));
            members.add(
                    new Peer(
                            id,
                            name.isEmpty() ? id : name,
                            Json.texts(fields.get("peerURLs")),
                            Json.texts(fields.get("clientURLs"))));
        }
        if (members.isEmpty()) {
            throw new IOException("no members");
        }
        return members;
    }

    /** The name of a member with this id, or the id. */
    String name(final String id) {
        return all.stream()
                .filter(peer -> peer.id().equals(id))
                .map(Peer::name)
                .findFirst()
                .orElse(id);
    }
}
