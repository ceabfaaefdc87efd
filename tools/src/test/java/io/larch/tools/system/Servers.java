package io.larch.tools.system;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.tls.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes the servers of one test, each on free ports and in a directory of its own; ends them and
 * removes their directories after the test, and prints their logs when it failed.
 */
public final class Servers implements AfterEachCallback {
    /**
     * What the recorded member advertised. Both enter the replies (identifiers, lists of members),
     * not the sockets.
     */
    private static final String RECORDED_CLIENT_URL = "http://127.0.0.1:27379";

    private static final String RECORDED_PEER_URL = "http://127.0.0.1:27380";
    private static final Path ETCD = Path.of("/usr/bin/etcd");

    /** Where {@code .ci/run} puts a later one. */
    private static final Path ETCD_3_5 = Path.of("/opt/etcd-3.5/usr/bin/etcd");

    /** Files that are memory, where a sync costs nothing. */
    private static final Path MEMORY = Path.of("/dev/shm");

    private static final long ENOUGH_MEMORY_BYTES = 4L << 30;

    private final String scheme;
    private final boolean areInMemory;

    /** Several threads may make servers of one test. */
    private final List<ServerProcess> processes = new CopyOnWriteArrayList<>();

    private final List<Path> directories = new CopyOnWriteArrayList<>();

    public Servers() {
        this("http", false);
    }

    private Servers(final String scheme, final boolean areInMemory) {
        this.scheme = scheme;
        this.areInMemory = areInMemory;
    }

    /** Such as serve their clients over TLS, with a certificate that nobody has to check. */
    static Servers overTls() {
        return new Servers("https", false);
    }

    /**
     * Such as keep their data in memory, where there is enough: for tests of what servers answer,
     * not of what a disk does to them.
     */
    public static Servers inMemory() {
        return new Servers("http", true);
    }

    boolean areOverTls() {
        return scheme.equals("https");
    }

    /** Whether there is an etcd to compare with. */
    public static boolean isEtcdInstalled() {
        return Files.isExecutable(ETCD);
    }

    /** Whether there is an etcd 3.5, too. */
    public static boolean isLaterEtcdInstalled() {
        return Files.isExecutable(ETCD_3_5);
    }

    /**
     * Whether a test that needs another program must fail where it is missing: system property or
     * environment {@code PEER_TESTS} set to {@code required}.
     */
    public static boolean arePeersRequired() {
        return "required".equals(System.getProperty("PEER_TESTS", System.getenv("PEER_TESTS")));
    }

    /** Larch, not yet started, that advertises the address it listens on. */
    public ServerProcess larch(final String... flags) throws IOException {
        final int port = FreePort.next();
        return larch(LarchCommand.words(), port, "http://127.0.0.1:" + port, flags);
    }

    /** Larch, not yet started, with one more option for its Java machine. */
    public ServerProcess larchOnJava(final String option, final String... flags)
            throws IOException {
        final int port = FreePort.next();
        return larch(LarchCommand.words(option), port, "http://127.0.0.1:" + port, flags);
    }

    /** Larch, not yet started, that another program makes of its own process. */
    ServerProcess larchBehind(final List<String> launcher, final String... flags)
            throws IOException {
        final int port = FreePort.next();
        return larch(behind(launcher), port, "http://127.0.0.1:" + port, flags);
    }

    /** Larch, not yet started, on a disk of its own; its data stays there when the process ends. */
    ServerProcess larchOn(final SmallDisk disk, final String... flags) throws IOException {
        return larchOn(disk, List.of(), flags);
    }

    /** The same, with further variables of the form {@code NAME=value}. */
    ServerProcess larchOn(final SmallDisk disk, final List<String> variables, final String... flags)
            throws IOException {
        final int port = FreePort.next();
        final List<String> allFlags = new ArrayList<>(Arrays.asList(flags));
        allFlags.addAll(List.of("--data-dir", disk.path().resolve("data").toString()));
        final List<String> launcher = new ArrayList<>(disk.launcher());
        if (!variables.isEmpty()) {
            launcher.add("env");
            launcher.addAll(variables);
        }
        return larch(
                behind(launcher),
                port,
                "http://127.0.0.1:" + port,
                allFlags.toArray(new String[0]));
    }

    /** Larch, not yet started, with the identity of the recorded member. */
    public ServerProcess larchAsRecorded(final String... flags) throws IOException {
        final List<String> all = new ArrayList<>(List.of("--announce-version", "2.3.8"));
        all.addAll(List.of(flags));
        return larch(
                LarchCommand.words(),
                FreePort.next(),
                RECORDED_CLIENT_URL,
                all.toArray(String[]::new));
    }

    /** etcd, not yet started, with the identity of the recorded member. */
    public ServerProcess etcdAsRecorded(final String... flags) throws IOException {
        final int port = FreePort.next();
        final List<String> command = new ArrayList<>(List.of(ETCD.toString(), "--enable-v2=true"));
        return register(command, port, RECORDED_CLIENT_URL, flags);
    }

    /** etcd, not yet started, that advertises the address it listens on. */
    public ServerProcess etcd(final String... flags) throws IOException {
        final int port = FreePort.next();
        final List<String> command = new ArrayList<>(List.of(ETCD.toString(), "--enable-v2=true"));
        return register(command, port, "http://127.0.0.1:" + port, flags);
    }

    /** The same of version 3.5. */
    public ServerProcess laterEtcd(final String... flags) throws IOException {
        final int port = FreePort.next();
        return register(
                new ArrayList<>(List.of(ETCD_3_5.toString())),
                port,
                "http://127.0.0.1:" + port,
                flags);
    }

    /** The same, for clients that ask one thing at a time: each costs less on one thread. */
    public ServerProcess etcdOnOneThread(final String... flags) throws IOException {
        final int port = FreePort.next();
        final List<String> command =
                new ArrayList<>(List.of("env", "GOMAXPROCS=1", ETCD.toString()));
        return register(command, port, "http://127.0.0.1:" + port, flags);
    }

    /** A second Larch on the same data as a first. */
    ServerProcess onSameData(final ServerProcess first) throws IOException {
        final int port = FreePort.next();
        final List<String> command = first.command();
        replace(command, "--listen-client-urls", "http://127.0.0.1:" + port);
        replace(command, "--listen-peer-urls", "http://127.0.0.1:" + FreePort.next());
        final Path directory = newDirectory();
        return add(
                new ServerProcess(
                        command, URI.create("http://127.0.0.1:" + port), directory.resolve("log")));
    }

    private ServerProcess larch(
            final List<String> command,
            final int port,
            final String clientUrl,
            final String... flags)
            throws IOException {
        final List<String> allFlags = new ArrayList<>(Arrays.asList(flags));
        allFlags.addAll(extraFlags());
        return register(new ArrayList<>(command), port, clientUrl, allFlags.toArray(new String[0]));
    }

    /** What makes of its own process what comes behind it. */
    private static List<String> behind(final List<String> launcher) throws IOException {
        final List<String> command = new ArrayList<>(launcher);
        command.addAll(LarchCommand.words());
        return command;
    }

    /**
     * Further flags for each Larch, to run all tests in another layout: {@code
     * -Dlarch.flags=--threads=split}.
     */
    static List<String> extraFlags() {
        final String flags = System.getProperty("larch.flags", "").trim();
        return flags.isEmpty() ? List.of() : List.of(flags.split("\\s+"));
    }

    private ServerProcess register(
            final List<String> command,
            final int port,
            final String clientUrl,
            final String... flags)
            throws IOException {
        final Path directory = newDirectory();
        final String listenUrl = scheme + "://127.0.0.1:" + port;
        if (scheme.equals("https")) {
            command.addAll(certificate(directory));
        }
        command.addAll(
                List.of("--name", "default", "--data-dir", directory.resolve("data").toString()));
        command.addAll(
                List.of("--listen-client-urls", listenUrl, "--advertise-client-urls", clientUrl));
        command.addAll(List.of("--listen-peer-urls", "http://127.0.0.1:" + FreePort.next()));
        command.addAll(List.of("--initial-advertise-peer-urls", RECORDED_PEER_URL));
        command.addAll(List.of("--initial-cluster", "default=" + RECORDED_PEER_URL));
        command.addAll(List.of("--initial-cluster-token", "etcd-cluster"));
        command.addAll(Arrays.asList(flags));
        return add(new ServerProcess(command, URI.create(listenUrl), directory.resolve("log")));
    }

    private static List<String> certificate(final Path directory) throws IOException {
        try {
            final TestAuthority.Issued issued =
                    TestAuthority.create(directory, "authority").server("server");
            return List.of("--cert-file", issued.cert(), "--key-file", issued.key());
        } catch (final GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Larch, not yet started, that serves clients over TLS, too, at a port of its own. */
    ServerProcess larchBesideTls(final int tlsPort, final String... flags) throws IOException {
        final int port = FreePort.next();
        final List<String> allFlags = new ArrayList<>(Arrays.asList(flags));
        allFlags.add("--listen-client-urls");
        allFlags.add("http://127.0.0.1:" + port + ",https://127.0.0.1:" + tlsPort);
        return larch(
                LarchCommand.words(),
                port,
                "https://127.0.0.1:" + tlsPort,
                allFlags.toArray(new String[0]));
    }

    private ServerProcess add(final ServerProcess process) {
        processes.add(process);
        return process;
    }

    private Path newDirectory() throws IOException {
        final Path directory =
                areInMemory && hasEnoughMemory()
                        ? Files.createTempDirectory(MEMORY, "larch-system")
                        : Files.createTempDirectory("larch-system");
        directories.add(directory);
        return directory;
    }

    private static boolean hasEnoughMemory() throws IOException {
        return Files.isWritable(MEMORY)
                && Files.getFileStore(MEMORY).getUsableSpace() > ENOUGH_MEMORY_BYTES;
    }

    private static void replace(final List<String> command, final String flag, final String value) {
        command.set(command.indexOf(flag) + 1, value);
    }

    /** Ends a server before the test ends, and removes its directory. */
    public void remove(final ServerProcess process) throws IOException {
        process.close();
        processes.remove(process);
        directories.remove(process.directory());
        delete(process.directory());
    }

    @Override
    public void afterEach(final ExtensionContext context) throws IOException {
        processes.forEach(ServerProcess::close);
        if (context.getExecutionException().isPresent()) {
            for (final ServerProcess process : processes) {
                System.err.println("log of " + process.url() + "\n" + tail(process.log()));
            }
        }
        for (final Path directory : directories) {
            delete(directory);
        }
    }

    static String tail(final String log) {
        return log.substring(Math.max(0, log.length() - 20_000));
    }

    static void delete(final Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (final Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
