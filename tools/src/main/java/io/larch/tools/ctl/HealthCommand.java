package io.larch.tools.ctl;

import io.larch.tools.ctl.Members.Member;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks every member for its health. */
@Command(
        name = "cluster-health",
        customSynopsis = "larchctl cluster-health [--forever]",
        description = "Asks every member whether it is healthy.")
final class HealthCommand implements Callable<Integer> {
    private static final long INTERVAL_SECONDS = 10;

    private final Session session;

    @Option(
            names = {"--forever", "-f"},
            description = "Again every ten seconds, until Ctrl-C.")
    private boolean isForever;

    /** etcdctl takes no notice of them. */
    @Parameters(hidden = true, arity = "0..*")
    private List<String> words;

    HealthCommand(final Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        final PrintWriter out = session.out();
        final Members cluster = session.membersUnsynced();
        final List<Member> members = members(cluster);
        if (isForever) {
            WatchCommand.endQuietly();
        }
        while (true) {
            int healthy = 0;
            for (final Member member : members) {
                healthy += isHealthy(cluster, member) ? 1 : 0;
            }
            out.println("cluster is " + word(healthy, members.size()));
            if (!isForever) {
                return healthy == members.size() ? 0 : Failure.UNHEALTHY;
            }
            out.printf("%nnext check after %d second...%n%n", INTERVAL_SECONDS);
            out.flush();
            TimeUnit.SECONDS.sleep(INTERVAL_SECONDS);
        }
    }

    private List<Member> members(final Members cluster) throws Failure {
        try {
            return cluster.list();
        } catch (final IOException e) {
            session.out().println("cluster may be unhealthy: failed to list members");
            throw Failure.error(Failure.SERVER_ERROR, e);
        }
    }

    private static String word(final int healthy, final int all) {
        if (healthy == all) {
            return "healthy";
        }
        return healthy == 0 ? "unavailable" : "degraded";
    }

    private boolean isHealthy(final Members cluster, final Member member) {
        final PrintWriter out = session.out();
        final String name = "member " + member.id();
        if (member.clientUrls().isEmpty()) {
            out.println(name + " is unreachable: no available published client urls");
            return false;
        }
        for (final String url : member.clientUrls()) {
            try {
                final boolean isHealthy = cluster.isHealthy(url);
                final String word = isHealthy ? "healthy" : "unhealthy";
                out.println(name + " is " + word + ": got " + word + " result from " + url);
                return isHealthy;
            } catch (final IOException e) {
                out.println(
                        "failed to check the health of "
                                + name
                                + " on "
                                + url
                                + ": "
                                + e.getMessage());
            }
        }
        out.println(
                name
                        + " is unreachable: ["
                        + String.join(" ", member.clientUrls())
                        + "] are all unreachable");
        return false;
    }
}
