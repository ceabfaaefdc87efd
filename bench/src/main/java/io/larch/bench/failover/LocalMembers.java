package io.larch.bench.failover;

import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes of one cluster on this machine; etcd and Larch take the same flags. */
final class LocalMembers implements AutoCloseable {
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(2);

    private final SimpleHttpClient http = new SimpleHttpClient(ASK_LIMIT);
    private final FailoverContext context;
    private final Path data;
    private final Process[] processes;

    LocalMembers(final FailoverContext context) throws IOException {
        this.context = context;
        data =
                context.data() != null
                        ? Files.createDirectories(context.data())
                        : Files.createTempDirectory(Path.of("/var/tmp"), "larch-failover");
        processes = new Process[context.members()];
    }

    void start(final int member) throws IOException {
        final List<String> command = new ArrayList<>(List.of(context.server()));
        if (isEtcd()) {
            command.add("--enable-v2=true");
        }
        command.addAll(
                List.of(
                        "--name=" + name(member),
                        "--data-dir=" + data.resolve(name(member)),
                        "--listen-client-urls=" + clientUrl(member),
                        "--advertise-client-urls=" + clientUrl(member),
                        "--listen-peer-urls=" + peerUrl(member),
                        "--initial-advertise-peer-urls=" + peerUrl(member),
                        "--initial-cluster=" + initialCluster(),
                        "--heartbeat-interval=" + context.heartbeatMs(),
                        "--election-timeout=" + context.electionMs()));
        command.addAll(context.flags());
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(data.resolve(name(member) + ".log").toFile()));
        processes[member] = builder.start();
    }

    /** As {@code kill -9}: the member has no say in it. */
    void kill(final int member) throws InterruptedException {
        processes[member].destroyForcibly().waitFor();
    }

    /** Which member leads, as all running members agree; waits until they do. */
    int awaitLeader() throws InterruptedException {
        final long deadline = System.nanoTime() + START_LIMIT_NANOS;
        while (System.nanoTime() - deadline < 0) {
            int leader = -1;
            int agreeing = 0;
            int running = 0;
            for (int i = 0; i < processes.length; i++) {
                if (processes[i].isAlive()) {
                    running++;
                    final String self = self(i);
                    agreeing +=
                            self.matches("(?s).*\"leader\":\"[0-9a-f]*[1-9a-f][0-9a-f]*\".*")
                                    ? 1
                                    : 0;
                    leader = self.contains("\"StateLeader\"") ? i : leader;
                }
            }
            if (leader >= 0 && agreeing == running && canWrite(leader)) {
                return leader;
            }
            Thread.sleep(20);
        }
        throw new IllegalStateException("no leader; logs are in " + data);
    }

    private String self(final int member) {
        try {
            return http.get(URI.create(clientUrl(member) + "/v2/stats/self")).body();
        } catch (final IOException e) {
            return "";
        }
    }

    private boolean canWrite(final int member) {
        try {
            return http.put(URI.create(clientUrl(member) + "/v2/keys/ready"), "value=x")
                    .isSuccess();
        } catch (final IOException e) {
            return false;
        }
    }

    String clientUrl(final int member) {
        return "http://127.0.0.1:" + (context.basePort() + 2 * member);
    }

    private String peerUrl(final int member) {
        return "http://127.0.0.1:" + (context.basePort() + 2 * member + 1);
    }

    private static String name(final int member) {
        return "m" + member;
    }

    private String initialCluster() {
        final List<String> members = new ArrayList<>();
        for (int i = 0; i < processes.length; i++) {
            members.add(name(i) + "=" + peerUrl(i));
        }
        return String.join(",", members);
    }

    private boolean isEtcd() {
        return Path.of(context.server()).getFileName().toString().equals("etcd");
    }

    @Override
    public void close() {
        for (final Process process : processes) {
            if (process != null) {
                process.destroyForcibly().onExit().join();
            }
        }
    }
}
