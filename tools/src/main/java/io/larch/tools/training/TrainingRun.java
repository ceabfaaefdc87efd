package io.larch.tools.training;

import io.larch.tools.bootstrap.DataDirectory;
import io.larch.tools.bootstrap.FirstStart;
import io.larch.tools.bootstrap.Identity;
import io.larch.tools.bootstrap.discovery.JndiSrvLookup;
import io.larch.tools.client.SimpleHttpClient;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.FileLimit;
import io.larch.tools.process.NameCache;
import io.larch.tools.process.Signals;
import io.larch.tools.process.SystemdNotifier;
import io.larch.tools.process.SystemdWatchdog;
import io.larch.tools.server.LarchAssembly;
import io.larch.tools.server.LarchServer;
import io.larch.tools.server.Listeners;
import io.larch.tools.server.RunningMember;
import io.larch.tools.server.StartupLog;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * Starts a small cluster in a directory of its own, asks it a little of everything and stops it, so
 * that the JVM can archive the classes that a member needs (-Xshare:dump). Later starts map the
 * archive instead of reading and checking a few thousand classes. Run by the launcher once per
 * build; ended with it, and then without a trace.
 */
public final class TrainingRun {
    /** Half a minute: a machine may be busy, and who gives up is not tried again. */
    private static final int TRIES = 600;

    private static final int WAIT_MS = 50;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Of a call of gRPC; a first handshake of TLS takes long. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

    /** Before a message: whether it is compressed, and its length. */
    private static final int GRPC_HEADER = 5;

    private static final Map<String, String> GATEWAY_CALLS =
            inOrder(
                    "/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"YQ==\"}",
                    "/v3/kv/range", "{\"key\":\"YQ==\"}",
                    "/v3/kv/txn",
                            "{\"compare\":[{\"key\":\"YQ==\",\"target\":\"VERSION\",\"version\":\"1\"}],"
                                    + "\"success\":[{\"requestPut\":{\"key\":\"YQ==\"}}]}",
                    "/v3/lease/grant", "{\"TTL\":\"60\"}",
                    "/v3/maintenance/status", "{}");

    /** A key, and a value, of one letter. */
    private static final Map<String, String> GRPC_CALLS =
            inOrder(
                    "etcdserverpb.KV/Put", "0a0161120162",
                    "etcdserverpb.KV/Range", "0a0161",
                    "etcdserverpb.KV/Txn", "12050a030a0161",
                    "etcdserverpb.Lease/LeaseGrant", "083c1007",
                    "etcdserverpb.Lease/LeaseKeepAlive", "0807",
                    "etcdserverpb.Watch/Watch", "0a030a0161",
                    "etcdserverpb.Lease/LeaseRevoke", "0807",
                    "etcdserverpb.KV/DeleteRange", "0a0161",
                    "etcdserverpb.KV/Compact", "0802",
                    "etcdserverpb.Cluster/MemberList", "",
                    "etcdserverpb.Maintenance/Status", "",
                    "grpc.health.v1.Health/Check", "");

    private static volatile boolean isAbandoned;

    private final SimpleHttpClient client = new SimpleHttpClient(TIMEOUT);
    private final int port;
    private final int tlsPort;

    private TrainingRun(final int port, final int tlsPort) {
        this.port = port;
        this.tlsPort = tlsPort;
    }

    /** The run was given up. */
    private static final class AbandonedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static Map<String, String> inOrder(final String... keysAndValues) {
        final Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    /**
     * Ends with status 0 if the member answered.
     *
     * @param arguments the directory to work in, which shall be gone if the run is given up, and
     *     the process that has begun it.
     */
    public static void main(final String[] arguments) throws Exception {
        final Path scratch = Path.of(arguments[0]);
        final Path directory = Files.createTempDirectory(scratch, "data");
        Signals.onSignal(kind -> isAbandoned = true);
        watchLauncher(Long.parseLong(arguments[1]));
        limitTime(scratch);
        try {
            run(directory);
            checkWanted();
            delete(directory);
        } catch (final Exception | Error e) {
            end(scratch);
        }
        System.exit(0);
    }

    /** Not by an exit: that would wait for what still runs, and look like a run that ended well. */
    private static void end(final Path scratch) throws IOException, InterruptedException {
        try {
            delete(scratch);
        } catch (final IOException e) {
            // The next launcher removes what is left, or has done so.
        } finally {
            Signals.kill();
        }
    }

    /** A launcher that was killed takes nothing with it by itself. */
    private static void watchLauncher(final long pid) {
        ProcessHandle.current()
                .parent()
                .filter(parent -> parent.pid() == pid)
                .ifPresentOrElse(
                        launcher -> launcher.onExit().thenRun(() -> isAbandoned = true),
                        () -> isAbandoned = true);
    }

    /** Who waits for a start does not wait for ever, whatever goes wrong here. */
    private static void limitTime(final Path scratch) {
        final Thread limit =
                new Thread(
                        () -> {
                            try {
                                Thread.sleep(LIMIT.toMillis());
                                end(scratch);
                            } catch (final IOException | InterruptedException e) {
                                isAbandoned = true;
                            }
                        },
                        "larch-training-limit");
        limit.setDaemon(true);
        limit.start();
    }

    private static void checkWanted() {
        if (isAbandoned) {
            throw new AbandonedException();
        }
    }

    private static void run(final Path directory) throws Exception {
        final int clientPort = freePort();
        final int tlsPort = freePort();
        final String peerUrl = "http://127.0.0.1:" + freePort();
        final String otherUrl = "http://127.0.0.1:" + freePort();
        final String cluster = "--initial-cluster=a=" + peerUrl + ",b=" + otherUrl;
        load(LarchServer.class);
        NameCache.disable();
        FileLimit.check(FileLimit.current());
        // Two of them, so that the classes for talking to peers are there, too.
        final List<RunningMember> members =
                List.of(
                        launch(directory, "a", clientPort, tlsPort, peerUrl, cluster),
                        launch(directory, "b", freePort(), 0, otherUrl, cluster));
        try {
            final SystemdNotifier systemd = new SystemdNotifier(null);
            systemd.ready();
            SystemdWatchdog.start(Map.of(), systemd, members.get(0)::pulse);
            new TrainingRun(clientPort, tlsPort).askALittleOfEverything();
        } finally {
            members.forEach(RunningMember::close);
        }
    }

    /** What is not run here, but at every start. */
    private static void load(final Class<?> type) throws ClassNotFoundException {
        Class.forName(type.getName());
    }

    /**
     * @param tlsPort of TLS for clients; 0: none.
     */
    private static RunningMember launch(
            final Path directory,
            final String name,
            final int clientPort,
            final int tlsPort,
            final String peerUrl,
            final String cluster)
            throws ExitException {
        final String clientUrl = "http://127.0.0.1:" + clientPort;
        final List<String> flags =
                new ArrayList<>(
                        List.of(
                                "--name=" + name,
                                "--data-dir=" + directory.resolve(name),
                                "--advertise-client-urls=" + clientUrl,
                                "--listen-peer-urls=" + peerUrl,
                                "--initial-advertise-peer-urls=" + peerUrl,
                                cluster));
        if (tlsPort == 0) {
            flags.add("--listen-client-urls=" + clientUrl);
        } else {
            flags.add("--listen-client-urls=" + clientUrl + ",https://127.0.0.1:" + tlsPort);
            flags.add("--auto-tls");
        }
        final ServerConfig config = new LarchFlags(Map.of()).parse(flags);
        checkWanted();
        new StartupLog(config).versions();
        Listeners.checkFree(config.urls());
        final Identity identity =
                new FirstStart(config, new JndiSrvLookup()).identity().orElseThrow();
        new DataDirectory(config.storage()).prepare();
        return LarchAssembly.launch(config, identity);
    }

    private void askALittleOfEverything() throws IOException, InterruptedException {
        awaitWrites();
        for (final String request :
                List.of(
                        "GET /version",
                        "GET /health",
                        "GET /metrics",
                        "GET /v2/members",
                        "GET /v2/stats/self",
                        "GET /v2/stats/store",
                        "GET /v2/stats/leader",
                        "GET /v2/auth/enable",
                        "PUT /v2/keys/a/b?value=1&ttl=100",
                        "PUT /v2/keys/a/b?value=2&prevValue=1",
                        "POST /v2/keys/queue?value=1",
                        "GET /v2/keys/?recursive=true&sorted=true",
                        "GET /v2/keys/a/b?quorum=true",
                        "GET /v2/keys/a/b?wait=true&waitIndex=1",
                        "HEAD /v2/keys/a",
                        "DELETE /v2/keys/a?recursive=true",
                        "GET /v2/keys/none")) {
            checkWanted();
            ask(request);
        }
        for (final Map.Entry<String, String> call : GATEWAY_CALLS.entrySet()) {
            checkWanted();
            client.exchange("POST", uri(call.getKey()), call.getValue());
        }
        try {
            askByGrpc();
        } catch (final IOException e) {
            // On a machine that is so busy, what is known by now is archived.
        }
    }

    /** Over TLS and HTTP/2, so that the classes for these are there, too. */
    private void askByGrpc() throws IOException, InterruptedException {
        final HttpClient grpc;
        try {
            final SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            grpc = HttpClient.newBuilder().sslContext(tls).connectTimeout(CALL_LIMIT).build();
        } catch (final GeneralSecurityException e) {
            throw new IOException(e);
        }
        for (final Map.Entry<String, String> call : GRPC_CALLS.entrySet()) {
            checkWanted();
            final byte[] message = HexFormat.of().parseHex(call.getValue());
            final ByteBuffer framed = ByteBuffer.allocate(GRPC_HEADER + message.length);
            framed.put((byte) 0).putInt(message.length).put(message);
            final HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "https://127.0.0.1:" + tlsPort + "/" + call.getKey()))
                            .header("content-type", "application/grpc")
                            .header("te", "trailers")
                            .timeout(CALL_LIMIT)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(framed.array()))
                            .build();
            // Of a watch there is no end.
            try (InputStream answer =
                    grpc.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
                answer.read();
            }
        }
    }

    private void awaitWrites() throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            checkWanted();
            if (ask("PUT /v2/keys/ready?value=1") / 100 == 2) {
                return;
            }
            Thread.sleep(WAIT_MS);
        }
        throw new IOException("the member took no write");
    }

    /** Returns the status, 0 when nobody answers yet. */
    private int ask(final String request) throws IOException {
        final String[] methodAndPath = request.split(" ");
        try {
            return client.exchange(methodAndPath[0], uri(methodAndPath[1]), null).status();
        } catch (final ConnectException e) {
            return 0;
        }
    }

    private URI uri(final String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void delete(final Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (final Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
