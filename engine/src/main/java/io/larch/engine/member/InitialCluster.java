package io.larch.engine.member;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The value of --initial-cluster: which member listens to its peers where.
 *
 * @param urlsByName names in order, each with its peer URLs in sorted order.
 */
public record InitialCluster(Map<String, List<String>> urlsByName) {
    public InitialCluster {
        final Map<String, List<String>> sorted = new TreeMap<>();
        urlsByName.forEach((name, urls) -> sorted.put(name, urls.stream().sorted().toList()));
        urlsByName = Collections.unmodifiableMap(sorted);
    }

    /**
     * Reads {@code name=url,name=url,...}; a name may repeat to give a member several URLs.
     *
     * @throws IllegalArgumentException with etcd's words about what is wrong.
     */
    public static InitialCluster parse(final String text) {
        final Map<String, List<String>> urlsByName = new TreeMap<>();
        for (final String part : text.split(",")) {
            if (part.isEmpty()) {
                continue;
            }
            final int equals = part.indexOf('=');
            final String name = equals < 0 ? part : part.substring(0, equals);
            final String url = PeerUrls.check(equals < 0 ? "" : part.substring(equals + 1));
            urlsByName.computeIfAbsent(name, key -> new ArrayList<>()).add(url);
        }
        return new InitialCluster(urlsByName);
    }

    /** Whether a URL stands for two members, or twice for one. */
    public boolean hasDuplicateUrl() {
        final Set<String> seen = new HashSet<>();
        return urlsByName.values().stream().flatMap(List::stream).anyMatch(url -> !seen.add(url));
    }

    /** The URLs of one member; empty when the name is not in the cluster. */
    public List<String> urlsOf(final String name) {
        return urlsByName.getOrDefault(name, List.of());
    }

    /** The members this text stands for, with the ids that follow from a token. */
    public Membership toMembership(final String clusterToken) {
        return Membership.initial(
                urlsByName.entrySet().stream()
                        .map(e -> Member.initial(e.getKey(), e.getValue(), clusterToken))
                        .toList());
    }

    /** The text of the flag, in the order of the names. */
    @Override
    public String toString() {
        return urlsByName.entrySet().stream()
                .flatMap(e -> e.getValue().stream().map(url -> e.getKey() + "=" + url))
                .collect(Collectors.joining(","));
    }
}
