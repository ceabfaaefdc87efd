package io.larch.tools.tls;

import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contexts of one side of a member, that of clients or that of peers, always by the newest good
 * reading of its files. Who opens a connection asks one of the suppliers then, and not before;
 * connections that are open stay as they are.
 *
 * <p>The suppliers are for any thread. {@link #refresh()} is for one.
 */
public final class TlsContexts {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);

    static {
        // What BoringSSL never does: a client could have the keys of a connection made again and
        // again.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    }

    /** Keys of resumed sessions are not kept longer. */
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(24);

    private final String whose;
    private final TlsSettings settings;
    private final TlsEngine engine;
    private final boolean isServer;
    private volatile ContextSet current;
    private List<Object> stamps;
    private long readNanos;
    private String lastProblem = "";

    private TlsContexts(
            final String whose,
            final TlsSettings settings,
            final TlsEngine engine,
            final boolean isServer)
            throws TlsFileException {
        this.whose = whose;
        this.settings = settings;
        this.engine = engine;
        this.isServer = isServer;
        read(FileStamps.of(settings.files()));
    }

    /**
     * Reads the files.
     *
     * @param whose "clientTLS" or "peerTLS", for the log.
     * @throws TlsFileException when one of them, or all together, cannot be used.
     */
    public static TlsContexts load(
            final String whose, final TlsSettings settings, final TlsEngine engine)
            throws TlsFileException {
        return new TlsContexts(whose, settings, engine, true);
    }

    /**
     * Reads the files for who only connects to others, by the JDK's TLS. What serves is not made,
     * which takes longer than all else that such a program does.
     *
     * @param whose for the log.
     * @throws TlsFileException when one of them, or all together, cannot be used.
     */
    public static TlsContexts loadClient(final String whose, final TlsSettings settings)
            throws TlsFileException {
        return new TlsContexts(whose, settings, TlsEngine.JDK, false);
    }

    private void read(final List<Object> newStamps) throws TlsFileException {
        // Even if they cannot be used, they are not looked at again before they change.
        stamps = newStamps;
        current = ContextSet.read(settings, engine, isServer);
        readNanos = System.nanoTime();
        warnOfTime();
    }

    private void warnOfTime() {
        if (current.certificate() == null) {
            return;
        }
        try {
            current.certificate().checkValidity();
        } catch (final CertificateExpiredException e) {
            LOG.warn(
                    "{}: {} has expired on {}",
                    whose,
                    settings.certFile(),
                    current.certificate().getNotAfter().toInstant());
        } catch (final CertificateNotYetValidException e) {
            LOG.warn(
                    "{}: {} is not valid before {}",
                    whose,
                    settings.certFile(),
                    current.certificate().getNotBefore().toInstant());
        }
    }

    /**
     * For who connects to this member.
     *
     * @throws IllegalStateException when there is no certificate to show.
     */
    public Supplier<SslContext> server() {
        if (current.serverContext() == null) {
            throw new IllegalStateException(whose + ": no certificate to show");
        }
        return () -> current.serverContext();
    }

    /** As {@link #server()}, for listeners that speak HTTP/2 as well. */
    public Supplier<SslContext> http2Server() {
        server();
        return () ->
                current.serverContext(
                        ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);
    }

    /**
     * For whom this member connects to. Handlers are made with the host and port that were asked
     * for: the certificate has to be for this host.
     */
    public Supplier<SslContext> client() {
        return () -> current.clientContext();
    }

    /**
     * The newest for who connects by a protocol of its own.
     *
     * @param protocol as both sides name it by ALPN.
     * @throws IllegalStateException when there is no certificate to show.
     */
    public SslContext server(final String protocol) {
        if (current.serverContext() == null) {
            throw new IllegalStateException(whose + ": no certificate to show");
        }
        return current.serverContext(protocol);
    }

    /** The newest for whom this member connects to by such a protocol. */
    public SslContext client(final String protocol) {
        return current.clientContext(protocol);
    }

    /**
     * For a client in memory that believes any server and shows nothing: it offers what those of
     * {@link #http2Server()} speak.
     */
    public SslContext believing() {
        return current.believingContext(
                ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);
    }

    /** As {@link #client()}, for clients of the JDK. */
    public Supplier<SSLContext> javaClient() {
        return () -> current.javaClientContext();
    }

    /** Whose TLS is spoken with these files. */
    public TlsEngine engine() {
        return current.engine();
    }

    /** What the files are read by. */
    public TlsSettings settings() {
        return settings;
    }

    /**
     * Looks at the files, and reads them anew when they have changed. Those that cannot be used,
     * half-written ones for example, change nothing, and the log says why once.
     *
     * @return whether there are new contexts.
     */
    public boolean refresh() {
        final List<Object> newStamps = FileStamps.of(settings.files());
        final boolean isChanged = !newStamps.equals(stamps);
        if (!isChanged && System.nanoTime() - readNanos < LONGEST_NANOS) {
            return false;
        }
        try {
            read(newStamps);
        } catch (final TlsFileException e) {
            if (!e.getMessage().equals(lastProblem)) {
                lastProblem = e.getMessage();
                LOG.warn(
                        "{}: changed files cannot be used, goes on with what it had: {}",
                        whose,
                        e.getMessage());
            }
            return false;
        }
        lastProblem = "";
        if (isChanged) {
            LOG.info("{}: read anew: {}", whose, settings);
        }
        return true;
    }
}
