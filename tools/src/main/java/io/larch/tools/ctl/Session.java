package io.larch.tools.ctl;

import io.larch.tools.bootstrap.discovery.SrvLookup;
import io.larch.tools.tls.TlsContexts;
import io.larch.tools.tls.TlsFileException;
import io.larch.tools.tls.TlsSettings;
import io.larch.tools.transfer.Site;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/**
 * One run of the program: what it was told before its command and by its environment, where it
 * reads and prints, and whom it asks. A variable counts where its flag is not given; {@code
 * LARCHCTL_} goes before {@code ETCDCTL_}.
 */
final class Session {
    private static final String DEFAULT_ENDPOINTS = "http://127.0.0.1:2379,http://127.0.0.1:4001";

    /** A store puts all that it has together before it answers. */
    private static final Duration LONG_ANSWER = Duration.ofSeconds(30);

    private final Globals globals = new Globals();
    private final InputStream in;
    private final PrintWriter out;
    private final PrintWriter err;
    private final UnaryOperator<String> environment;
    private final SrvLookup dns;

    /**
     * @param environment a variable's value by its name, or null.
     */
    Session(
            final InputStream in,
            final PrintWriter out,
            final PrintWriter err,
            final UnaryOperator<String> environment,
            final SrvLookup dns) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.dns = dns;
    }

    Globals globals() {
        return globals;
    }

    PrintWriter out() {
        return out;
    }

    PrintWriter err() {
        return err;
    }

    Printer printer() {
        return new Printer(out, err, globals.output);
    }

    /** Keys of the cluster, by endpoints that its members publish. */
    Keys keys() throws Failure {
        return new Keys(synced(), globals.totalTimeout);
    }

    /** Members of the cluster. */
    Members members() throws Failure {
        return new Members(synced(), Deadline.in(globals.totalTimeout));
    }

    /** Members of the cluster, asked at the endpoints that the user gave. */
    Members membersUnsynced() throws Failure {
        final Cluster cluster = cluster();
        debug("Cluster-Endpoints: " + String.join(", ", cluster.endpoints()));
        return new Members(cluster, Deadline.in(globals.totalTimeout));
    }

    /** Users and roles of the cluster. */
    Auth auth() throws Failure {
        final Cluster cluster = synced();
        debug("Cluster-Endpoints: " + String.join(", ", cluster.endpoints()));
        return new Auth(cluster, Deadline.in(globals.totalTimeout));
    }

    /** Told of bytes so far, and in all; shows them to who sits there. */
    BiConsumer<Long, Long> progress() {
        return in == System.in && System.console() != null ? new Progress(err) : (done, all) -> {};
    }

    private Cluster synced() throws Failure {
        final Cluster cluster = cluster();
        if (!globals.isWithoutSync) {
            sync(cluster);
        }
        debug("Cluster-Endpoints: " + String.join(", ", cluster.endpoints()));
        return cluster;
    }

    private void sync(final Cluster cluster) throws Failure {
        final String given = String.join(",", cluster.endpoints());
        debug("start to sync cluster using endpoints(" + given + ")");
        try {
            final List<String> published = new ArrayList<>();
            for (final Members.Member member :
                    new Members(cluster, Deadline.in(globals.totalTimeout)).list()) {
                published.addAll(member.clientUrls());
            }
            if (published.isEmpty()) {
                throw new Failure(
                        Failure.SERVER_ERROR,
                        "etcd cluster has no published client endpoints.\n"
                                + "Try '--no-sync' if you want to access non-published client"
                                + " endpoints("
                                + given
                                + ").\nError:  client: no endpoints available");
            }
            cluster.use(published);
        } catch (final IOException e) {
            final boolean isOutOfReach =
                    e instanceof Deadline.PassedException
                            || e instanceof UnavailableException unavailable
                                    && unavailable.isUnreachable();
            if (isOutOfReach) {
                throw Failure.error(Failure.BAD_CONNECTION, e);
            }
            // Whoever cannot tell of the others may still answer; etcdctl goes on, too.
            debug("cannot sync: " + e.getMessage());
        }
        debug("got endpoints(" + String.join(",", cluster.endpoints()) + ") after sync");
    }

    private Cluster cluster() throws Failure {
        return new Cluster(endpoints(), settings());
    }

    /** How members are asked. */
    Cluster.Settings settings() throws Failure {
        final Consumer<String> debug = this::debug;
        return new Cluster.Settings(
                globals.timeout,
                globals.totalTimeout,
                tls(),
                authorization(given(globals.username, "USERNAME")),
                debug);
    }

    /** Those that the user gave, or that discovery found. */
    List<String> endpoints() throws Failure {
        final String domain = given(globals.discoverySrv, "DISCOVERY_SRV");
        if (!domain.isEmpty()) {
            final boolean isInsecure =
                    globals.isInsecureDiscovery || !given("", "INSECURE_DISCOVERY").isEmpty();
            final List<String> found = Endpoints.discover(domain, isInsecure, dns, err);
            if (!found.isEmpty()) {
                return found;
            }
        }
        String urls = given(globals.endpoints, "ENDPOINTS");
        urls = urls.isEmpty() ? given(globals.endpoint, "ENDPOINT") : urls;
        urls = urls.isEmpty() ? given(globals.peers, "PEERS") : urls;
        return Endpoints.parse(urls.isEmpty() ? DEFAULT_ENDPOINTS : urls);
    }

    /** A flag's value, or that of its variable; empty: neither. */
    private String given(final String flag, final String variable) {
        if (!flag.isEmpty()) {
            return flag;
        }
        for (final String prefix : List.of("LARCHCTL_", "ETCDCTL_")) {
            final String value = environment.apply(prefix + variable);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    /** The cluster as one side of a copy. */
    Site ownSite(final String name, final String urls, final CopyFlags flags) throws Failure {
        return site(
                name,
                urls.isEmpty() ? endpoints() : Endpoints.parse(urls),
                tls(),
                authorization(given(globals.username, "USERNAME")),
                flags);
    }

    /** The other side of a copy. */
    Site remoteSite(final String name, final String urls, final CopyFlags flags) throws Failure {
        return site(
                name,
                Endpoints.parse(urls),
                tls(flags.remoteCertFile, flags.remoteKeyFile, flags.remoteCaFile),
                authorization(flags.remoteUsername),
                flags);
    }

    private Site site(
            final String name,
            final List<String> endpoints,
            final SSLContext tls,
            final String authorization,
            final CopyFlags flags) {
        return new Site(
                name,
                endpoints.stream().map(URI::create).toList(),
                tls,
                authorization,
                globals.timeout.compareTo(LONG_ANSWER) > 0 ? globals.timeout : LONG_ANSWER,
                flags.patience);
    }

    private SSLContext tls() throws Failure {
        return tls(
                given(globals.certFile, "CERT_FILE"),
                given(globals.keyFile, "KEY_FILE"),
                given(globals.caFile, "CA_FILE"));
    }

    private static SSLContext tls(final String certFile, final String keyFile, final String caFile)
            throws Failure {
        if (certFile.isEmpty() && keyFile.isEmpty() && caFile.isEmpty()) {
            return null;
        }
        final TlsSettings settings = TlsSettings.files(certFile, keyFile, caFile);
        try {
            return TlsContexts.loadClient("larchctl", settings).javaClient().get();
        } catch (final TlsFileException e) {
            throw new Failure(Failure.BAD_ARGUMENTS, e.getMessage());
        }
    }

    private String authorization(final String user) throws Failure {
        if (user.isEmpty()) {
            return "";
        }
        final String pair = user.contains(":") ? user : user + ":" + password("Password: ");
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** Asks for a password: at a terminal, unseen, or else from a line of the input. */
    String password(final String prompt) throws Failure {
        final Console console = in == System.in ? System.console() : null;
        if (console != null) {
            final char[] password = console.readPassword("%s", prompt);
            return password == null ? "" : new String(password);
        }
        out.print(prompt);
        out.flush();
        final String line = line();
        out.println();
        return line;
    }

    private String line() throws Failure {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
                line.write(b);
            }
        } catch (final IOException e) {
            throw new Failure(Failure.BAD_ARGUMENTS, "Error reading password: " + e.getMessage());
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** A value from the input, all of it. */
    String value() throws Failure {
        try {
            final String value = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (!value.isEmpty()) {
                return value;
            }
        } catch (final IOException e) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "value required: " + e.getMessage());
        }
        throw Failure.error(Failure.BAD_ARGUMENTS, "value required");
    }

    private void debug(final String line) {
        if (globals.isDebug) {
            err.println(line);
        }
    }
}
