package io.larch.bench.compare;

import io.larch.bench.members.LocalMembers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.agrona.IoUtil;

/**
 * Starts Larch and etcd, each time with a fresh data directory, beside each other on the same disk,
 * and ends them.
 */
final class Servers implements AutoCloseable {
    private static final int PORTS_PER_MEMBER = 2;

    private final Map<Server, LocalMembers> shared = new EnumMap<>(Server.class);
    private final Map<Server, Target> targets = new EnumMap<>(Server.class);
    private final Set<String> prepared = new HashSet<>();
    private final Set<String> commands = new TreeSet<>();
    private final List<LocalMembers> fresh = new ArrayList<>();
    private final CompareContext context;
    private final Path data;
    private int sharedMembers;
    private int started;

    Servers(final CompareContext context) throws IOException {
        this.context = context;
        data = Files.createTempDirectory(context.data(), "bench-compare");
    }

    Mode mode() {
        return context.mode();
    }

    /** Of the clusters of more than one. */
    int members() {
        return context.members();
    }

    /** One of two clusters that stay for all workloads that want as many members. */
    Target shared(final Server server, final int members) throws IOException, InterruptedException {
        if (sharedMembers != members) {
            stopShared();
            sharedMembers = members;
            for (final Server each : Server.values()) {
                final int port = context.basePort() + each.ordinal() * members * PORTS_PER_MEMBER;
                shared.put(each, start(each, members, port, List.of()));
            }
            for (final Server each : Server.values()) {
                targets.put(each, target(shared.get(each)));
                warm(targets.get(each));
            }
        }
        return targets.get(server);
    }

    /** Java compiles what it runs often; until then it is not what users of a server see. */
    private void warm(final Target target) throws IOException {
        for (final int connections : new int[] {64, 1}) {
            target.load(
                    "--operation=put",
                    "--connections=" + connections,
                    "--duration=" + seconds(mode().compileSeconds()));
        }
    }

    /** Whether a server of the shared ones was not yet prepared for something, and now is. */
    boolean isFirst(final Server server, final String preparation) {
        return prepared.add(server + " " + preparation);
    }

    /** Ends the shared clusters, and forgets their data. */
    void stopShared() {
        shared.values().forEach(LocalMembers::close);
        shared.clear();
        targets.clear();
        prepared.clear();
        sharedMembers = 0;
    }

    /** A new server, beside which no other runs but those of {@code place}s of the same caller. */
    LocalMembers fresh(final Server server, final int place, final String... flags)
            throws IOException {
        stopShared();
        final LocalMembers members =
                start(server, 1, context.basePort() + PORTS_PER_MEMBER * place, List.of(flags));
        fresh.add(members);
        return members;
    }

    private LocalMembers start(
            final Server server, final int members, final int port, final List<String> more)
            throws IOException {
        started++;
        final Path directory =
                Files.createDirectory(data.resolve(server.fileName() + "-" + started));
        final List<String> flags = new ArrayList<>(context.flags(server));
        flags.addAll(more);
        final LocalMembers cluster =
                new LocalMembers(context.command(server), members, directory, port, flags);
        cluster.startAll();
        for (int i = 0; i < members; i++) {
            // Whoever does it again has other directories.
            commands.add(
                    String.join(" ", cluster.command(i))
                            .replace(directory.toString(), "DATA")
                            .replace(context.home() + "/", ""));
        }
        return cluster;
    }

    /** Waits until it takes writes. */
    static Target target(final LocalMembers members) throws InterruptedException {
        final int leader = members.awaitLeader();
        return new Target(members.clientUrl(leader), members.pids());
    }

    /** Of all members that were started, each once. */
    Set<String> commands() {
        return commands;
    }

    /** As options of the load generator have it. */
    static String seconds(final double seconds) {
        return String.format(Locale.ROOT, "%.3f", seconds);
    }

    @Override
    public void close() {
        stopShared();
        fresh.forEach(LocalMembers::close);
        IoUtil.delete(data.toFile(), true);
    }
}
