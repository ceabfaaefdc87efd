package io.larch.bench.members;

import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes of one cluster on this machine; etcd and Larch take the same flags. */
public final class LocalMembers implements AutoCloseable {
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(2);

    private final SimpleHttpClient http = new SimpleHttpClient(ASK_LIMIT);
    private final String server;
    private final Path data;
    private final int basePort;
    private final List<String> flags;
    private final Process[] processes;

    /**
     * None is started yet.
     *
     * @param server the command; {@code etcd} is told to serve v2.
     * @param data a directory, in which each member has its own and its log.
     * @param basePort the first of two for each member.
     * @param flags of each member, besides its name, addresses and data.
     */
    public LocalMembers(
            final String server,
            final int members,
            final Path data,
            final int basePort,
            final List<String> flags) {
        this.server = server;
        this.data = data;
        this.basePort = basePort;
        this.flags = List.copyOf(flags);
        processes = new Process[members];
    }

    /** Starts all. */
    public void startAll() throws IOException {
        for (int i = 0; i < processes.length; i++) {
            start(i);
        }
    }

    /** Starts one, which has been or has not; the first is 0. */
    public void start(final int member) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(command(member));
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(data.resolve(name(member) + ".log").toFile()));
        processes[member] = builder.start();
    }

    /** What starts one. */
    public List<String> command(final int member) {
        final List<String> command = new ArrayList<>(List.of(server));
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
                        "--initial-cluster=" + initialCluster()));
        command.addAll(flags);
        return command;
    }

    /** As {@code kill -9}: the member has no say in it. */
    public void kill(final int member) throws InterruptedException {
        processes[member].destroyForcibly().waitFor();
    }

    /** Which member leads, as all running members agree; waits until they do, and it writes. */
    public int awaitLeader() throws InterruptedException {
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

    /** Of a member. */
    public String clientUrl(final int member) {
        return "http://127.0.0.1:" + (basePort + 2 * member);
    }

    /** Of those that run. */
    public long[] pids() {
        return Arrays.stream(processes)
                .filter(process -> process != null && process.isAlive())
                .mapToLong(Process::pid)
                .toArray();
    }

    private String peerUrl(final int member) {
        return "http://127.0.0.1:" + (basePort + 2 * member + 1);
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
        return Path.of(server).getFileName().toString().equals("etcd");
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
