package io.larch.tools.system;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A server in a process of its own, with its data and its log below one directory.
 *
 * <p>It can be killed and started again on the same data and the same port. Not threadsafe, except
 * for {@link #url()}.
 */
public final class ServerProcess implements AutoCloseable {
    private static final long START_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final List<String> command;
    private final URI url;
    private final Path log;
    private Process process;

    /** A server that is not yet started. It must answer at the URL once it is. */
    ServerProcess(final List<String> command, final URI url, final Path log) {
        this.command = List.copyOf(command);
        this.url = url;
        this.log = log;
    }

    /** Where clients reach it. */
    public URI url() {
        return url;
    }

    /** Its process identifier. */
    public long pid() {
        return process.pid();
    }

    /** Start it and wait until it answers. */
    public ServerProcess start() throws IOException {
        launch();
        return await(this::isReady);
    }

    /**
     * Start it and wait until it answers linearizable reads. That is all to be had from a member
     * that is full and says so by its health.
     */
    ServerProcess startFull() throws IOException {
        launch();
        return await(this::isReadable);
    }

    private ServerProcess await(final BooleanSupplier condition) throws IOException {
        final long deadlineNs = System.nanoTime() + START_LIMIT_NS;
        while (!condition.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new IOException("server ended with " + process.exitValue() + "\n" + log());
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IOException("server does not answer\n" + log());
            }
            LockSupport.parkNanos(POLL_NS);
        }
        return this;
    }

    /** Start it without waiting for anything. */
    ServerProcess launch() throws IOException {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("already running");
        }
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
        builder.environment().putAll(LarchCommand.environment());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        process = builder.start();
        return this;
    }

    /** Kill it as a power cut would, and wait for its end. */
    public void kill() {
        process.destroyForcibly();
        exitStatus();
    }

    /** The directory of its log, and of its data when no flag says otherwise. */
    Path directory() {
        return log.getParent();
    }

    /** The directory of its data. */
    public Path dataDirectory() {
        return Path.of(command.get(command.lastIndexOf("--data-dir") + 1));
    }

    /** Wait until it answers; it was launched before. */
    ServerProcess awaitReady() throws IOException {
        return await(this::isReady);
    }

    /** Freeze it (SIGSTOP): it keeps its sockets and answers nobody, until {@link #resume}. */
    void pause() throws IOException {
        signal("STOP");
    }

    /** Let it go on (SIGCONT), as if no time had passed for it. */
    void resume() throws IOException {
        signal("CONT");
    }

    private void signal(final String name) throws IOException {
        final Process kill =
                new ProcessBuilder("/bin/kill", "-" + name, String.valueOf(pid())).start();
        try {
            if (kill.waitFor() != 0) {
                throw new IOException("kill -" + name + " ended with " + kill.exitValue());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Ask it to end (SIGTERM) and wait for that. */
    public int terminate() {
        process.destroy();
        return exitStatus();
    }

    /** Wait for its end. */
    int exitStatus() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("server does not end\n" + log());
            }
            return process.exitValue();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** All it has printed, over all its starts. */
    String log() {
        try {
            return Files.exists(log)
                    ? new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1)
                    : "";
        } catch (final IOException e) {
            return "log not readable: " + e;
        }
    }

    List<String> command() {
        return new ArrayList<>(command);
    }

    /**
     * Ready means that it has a leader and takes writes: it answers /health, which needs both, and
     * /version knows the version of the cluster, which is the last of the entries that a new member
     * writes by itself.
     */
    private boolean isReady() {
        try {
            final HttpReply version = HttpConnection.exchange(url, "GET", "/version", null);
            if (version.status() != 200 || version.text().contains("not_decided")) {
                return false;
            }
            return HttpConnection.exchange(url, "GET", "/health", null).status() == 200;
        } catch (final IOException e) {
            return false;
        }
    }

    private boolean isReadable() {
        try {
            return HttpConnection.exchange(url, "GET", "/v2/keys/?quorum=true", null).status()
                    == 200;
        } catch (final IOException e) {
            return false;
        }
    }

    /** Resident memory in bytes. */
    long residentBytes() throws IOException {
        for (final String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("the system does not tell the memory of process " + pid());
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
