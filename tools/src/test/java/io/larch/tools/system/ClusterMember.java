package io.larch.tools.system;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One member of a {@link LarchCluster}: a process that can be started, frozen, killed and started
 * again on its data and its ports.
 *
 * <p>Not threadsafe, except for its names and addresses.
 */
public final class ClusterMember {
    private static final int QUICK_TIMEOUT_MS = 2_000;

    private final String name;
    private final String peerUrl;
    private final URI url;
    private final Path directory;
    private List<String> command;
    private ServerProcess process;

    /** The part of the command that says what is started; null: as members of clusters are. */
    private List<String> program;

    /**
     * @param command all but the data directory.
     * @param directory for data and log.
     */
    ClusterMember(
            final String name,
            final URI url,
            final String peerUrl,
            final List<String> command,
            final Path directory) {
        this.name = name;
        this.url = url;
        this.peerUrl = peerUrl;
        this.command = List.copyOf(command);
        this.directory = directory;
    }

    public String name() {
        return name;
    }

    /** Where clients reach it. */
    public URI url() {
        return url;
    }

    /** Where members reach it, by TCP and by UDP. */
    public String peerUrl() {
        return peerUrl;
    }

    public Path dataDirectory() {
        return directory.resolve("data");
    }

    /** Its keys, as its clients see them. */
    public Keys keys() {
        return new Keys(url);
    }

    /** Of which build it is from its next start on: the class path, and the class of its main. */
    public ClusterMember build(final String classPath, final String mainClass) throws IOException {
        if (program == null) {
            program = LarchCommand.words();
        }
        final List<String> next = LarchCommand.words(classPath, mainClass);
        final int at = Collections.indexOfSubList(command, program);
        final List<String> changed = new ArrayList<>(command.subList(0, at));
        changed.addAll(next);
        changed.addAll(command.subList(at + program.size(), command.size()));
        command = changed;
        program = next;
        return this;
    }

    /** Start it without waiting for anything. */
    public ClusterMember launch(final String... moreFlags) throws IOException {
        if (isRunning()) {
            throw new IllegalStateException(name + " is already running");
        }
        final List<String> all = new ArrayList<>(command);
        all.addAll(List.of("--data-dir", dataDirectory().toString()));
        all.addAll(List.of(moreFlags));
        process = new ServerProcess(all, url, directory.resolve("log"));
        process.launch();
        return this;
    }

    /** Start it and wait until it serves, which takes a leader. */
    public ClusterMember start(final String... moreFlags) throws IOException {
        return launch(moreFlags).awaitReady();
    }

    /** Wait until it serves: it knows a leader and what was committed. */
    public ClusterMember awaitReady() throws IOException {
        process.awaitReady();
        return this;
    }

    /** kill -9, and wait for the end. Works on a paused one, too. */
    public void kill() {
        process.kill();
    }

    /** SIGSTOP. */
    public void pause() throws IOException {
        process.pause();
    }

    /** SIGCONT. */
    public void resume() throws IOException {
        process.resume();
    }

    /** SIGTERM, and wait for the end; returns the exit status. */
    public int terminate() {
        return process.terminate();
    }

    /** Wait for an end that comes by itself; returns the exit status. */
    public int exitStatus() {
        return process.exitStatus();
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** All it has printed, over all its starts. */
    public String log() {
        return process == null ? "" : process.log();
    }

    /** Forget all data. */
    public void wipe() throws IOException {
        if (isRunning()) {
            throw new IllegalStateException(name + " is running");
        }
        if (Files.exists(dataDirectory())) {
            Servers.delete(dataDirectory());
        }
    }

    /** One request of a client. */
    public HttpReply exchange(final String method, final String path, final String form)
            throws IOException {
        return HttpConnection.exchange(url, method, path, form);
    }

    /** The JSON of a page. */
    public Object json(final String path) throws IOException {
        return JsonTree.parse(exchange("GET", path, null).text());
    }

    /** Its id, as it says itself. */
    public String id() throws IOException {
        return (String) JsonTree.at(json("/v2/stats/self"), "id");
    }

    /** Whether it holds itself for the leader; false when it does not answer soon. */
    public boolean isLeader() {
        return "StateLeader".equals(quickly("state"));
    }

    /** The id of the leader it knows; empty without one, or when it does not answer soon. */
    public String leaderId() {
        return quickly("leaderInfo", "leader");
    }

    /** A frozen member must not stop the test that asks it. */
    private String quickly(final String... fields) {
        if (!isRunning()) {
            return "";
        }
        try (HttpConnection connection = new HttpConnection(url, QUICK_TIMEOUT_MS)) {
            connection.sendRequest("GET", "/v2/stats/self", null, Map.of());
            final Object value =
                    JsonTree.at(JsonTree.parse(connection.readReply(false).text()), fields);
            return value instanceof String text ? text : "";
        } catch (final IOException | IllegalArgumentException e) {
            return "";
        }
    }

    void close() {
        if (isRunning()) {
            process.kill();
        }
    }

    @Override
    public String toString() {
        return name + " at " + url;
    }
}
