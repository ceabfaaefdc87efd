package io.larch.tools.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * All contexts of one reading of the files. Sessions can be resumed within one set only: whoever
 * was believed by an older one is checked again. Those for connecting to others are made when they
 * are asked for: most members never are, and the authorities of the Java machine take their time.
 *
 * <p>Threadsafe.
 */
final class ContextSet {
    private static final int SESSION_SECONDS = 3_600;
    private static final int SESSIONS = 10_000;

    /** They belong to the protocol and, as in Go, cannot be chosen. */
    private static final List<String> SUITES_OF_TLS_1_3 =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256");

    private final TlsSettings settings;
    private final TlsEngine engine;
    private final Credentials credentials;
    private final TrustedAuthorities authorities;
    private final RevokedCertificates revoked;
    private final SslContext server;
    private final Map<String, SslContext> servers = new HashMap<>();
    private final Map<String, SslContext> clients = new HashMap<>();
    private SslContext client;
    private SSLContext javaClient;

    /**
     * @param isServer whether it is for who connects, too.
     */
    static ContextSet read(
            final TlsSettings settings, final TlsEngine preferred, final boolean isServer)
            throws TlsFileException {
        final Credentials credentials =
                settings.hasCertificate()
                        ? Credentials.read(settings.certFile(), settings.keyFile())
                        : null;
        final TrustedAuthorities authorities = TrustedAuthorities.read(settings.caFiles());
        final RevokedCertificates revoked =
                RevokedCertificates.read(settings.crlFile(), authorities.certificates());
        final TlsEngine engine = isModern(credentials, authorities) ? TlsEngine.JDK : preferred;
        return new ContextSet(settings, engine, credentials, authorities, revoked, isServer);
    }

    private ContextSet(
            final TlsSettings settings,
            final TlsEngine engine,
            final Credentials credentials,
            final TrustedAuthorities authorities,
            final RevokedCertificates revoked,
            final boolean isServer)
            throws TlsFileException {
        this.settings = settings;
        this.engine = engine;
        this.credentials = credentials;
        this.authorities = authorities;
        this.revoked = revoked;
        try {
            server =
                    isServer && credentials != null
                            ? server(ApplicationProtocolNames.HTTP_1_1)
                            : null;
        } catch (final SSLException | GeneralSecurityException | RuntimeException e) {
            throw new TlsFileException("cannot make TLS of " + settings + ": " + reason(e), e);
        }
    }

    /** For who connects; null if it is for none, or without a certificate to show. */
    SslContext serverContext() {
        return server;
    }

    /** For who connects by one of the protocols that both sides name by ALPN, the best first. */
    synchronized SslContext serverContext(final String... protocols) {
        final String key = String.join(",", protocols);
        try {
            if (!servers.containsKey(key)) {
                servers.put(key, server(protocols));
            }
            return servers.get(key);
        } catch (final SSLException | GeneralSecurityException e) {
            throw new IllegalStateException("no TLS of " + settings, e);
        }
    }

    /** For whom this member connects to by such a protocol. */
    synchronized SslContext clientContext(final String protocol) {
        try {
            if (!clients.containsKey(protocol)) {
                clients.put(protocol, client(alpn(protocol)));
            }
            return clients.get(protocol);
        } catch (final SSLException | GeneralSecurityException e) {
            throw new IllegalStateException("no TLS of " + settings, e);
        }
    }

    /** For a client that believes any server and shows nothing. */
    SslContext believingContext(final String... protocols) {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(engine.provider())
                    .trustManager(new NoCheck())
                    .endpointIdentificationAlgorithm(null)
                    .applicationProtocolConfig(alpn(protocols))
                    .build();
        } catch (final SSLException e) {
            throw new IllegalStateException("no TLS of " + engine, e);
        }
    }

    private static ApplicationProtocolConfig alpn(final String... protocols) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                protocols);
    }

    /** For whom this member connects to. */
    synchronized SslContext clientContext() {
        try {
            if (client == null) {
                client = client(ApplicationProtocolConfig.DISABLED);
            }
            return client;
        } catch (final SSLException | GeneralSecurityException e) {
            throw new IllegalStateException("no TLS of " + settings, e);
        }
    }

    /** The same for clients of the JDK. */
    synchronized SSLContext javaClientContext() {
        try {
            if (javaClient == null) {
                javaClient = javaClient();
            }
            return javaClient;
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("no TLS of " + settings, e);
        }
    }

    /** The own one; null without. */
    X509Certificate certificate() {
        return credentials == null ? null : credentials.chain().get(0);
    }

    /** Whose TLS Netty's contexts are. */
    TlsEngine engine() {
        return engine;
    }

    private X509ExtendedTrustManager check(final TlsEngine asker) throws GeneralSecurityException {
        return settings.isSelfSigned()
                ? new NoCheck()
                : new CertificateCheck(
                        authorities.chains(),
                        revoked,
                        settings.allowedCn(),
                        settings.allowedHostname(),
                        asker);
    }

    /** BoringSSL as Netty has it does not say that it knows signatures by Ed25519. */
    private static boolean isModern(
            final Credentials credentials, final TrustedAuthorities authorities) {
        return Stream.concat(
                        credentials == null ? Stream.of() : credentials.chain().stream(),
                        authorities.certificates().stream())
                .anyMatch(each -> each.getPublicKey().getAlgorithm().startsWith("Ed"));
    }

    private static String reason(final Exception e) {
        final Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage());
    }

    private SslContext server(final String... protocols)
            throws SSLException, GeneralSecurityException {
        // Who shows no certificate is not checked.
        final X509ExtendedTrustManager check =
                settings.demandsCertificates() ? check(engine) : new NoCheck();
        final SslContextBuilder builder =
                SslContextBuilder.forServer(credentials.key(), credentials.chainArray())
                        .clientAuth(
                                settings.demandsCertificates()
                                        ? ClientAuth.REQUIRE
                                        : ClientAuth.NONE)
                        .applicationProtocolConfig(alpn(protocols))
                        .sessionTimeout(SESSION_SECONDS)
                        .sessionCacheSize(SESSIONS);
        if (engine == TlsEngine.BORINGSSL) {
            // Signing is the longest part of a handshake; so it becomes a task like the others.
            builder.option(OpenSslContextOption.USE_JDK_PROVIDER_SIGNATURES, true);
        }
        final SslContext context = configured(builder, check).build();
        if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            sessions.setTicketKeys(ticketKey());
        }
        return context;
    }

    private static OpenSslSessionTicketKey ticketKey() {
        final byte[] name = new byte[OpenSslSessionTicketKey.NAME_SIZE];
        final byte[] mac = new byte[OpenSslSessionTicketKey.HMAC_KEY_SIZE];
        final byte[] cipher = new byte[OpenSslSessionTicketKey.AES_KEY_SIZE];
        final SecureRandom random = new SecureRandom();
        random.nextBytes(name);
        random.nextBytes(mac);
        random.nextBytes(cipher);
        return new OpenSslSessionTicketKey(name, mac, cipher);
    }

    private SslContext client(final ApplicationProtocolConfig protocols)
            throws SSLException, GeneralSecurityException {
        final SslContextBuilder builder =
                SslContextBuilder.forClient()
                        // Who made its own certificate put no name into it that could be checked.
                        .endpointIdentificationAlgorithm(settings.isSelfSigned() ? null : "HTTPS");
        builder.applicationProtocolConfig(protocols);
        if (credentials != null) {
            builder.keyManager(credentials.key(), credentials.chainArray());
        }
        return configured(builder, check(engine)).build();
    }

    private SslContextBuilder configured(
            final SslContextBuilder builder, final X509ExtendedTrustManager check) {
        final List<String> protocols =
                Arrays.stream(TlsVersion.values())
                        .filter(version -> version.compareTo(settings.minVersion()) >= 0)
                        .filter(version -> version.compareTo(settings.maxVersion()) <= 0)
                        .map(TlsVersion::protocol)
                        .toList();
        if (!settings.cipherSuites().isEmpty()) {
            final List<String> suites = new ArrayList<>(settings.cipherSuites());
            if (protocols.contains(TlsVersion.TLS_1_3.protocol())) {
                suites.addAll(SUITES_OF_TLS_1_3);
            }
            builder.ciphers(suites, SupportedCipherSuiteFilter.INSTANCE);
        }
        return builder.sslProvider(engine.provider()).trustManager(check).protocols(protocols);
    }

    private SSLContext javaClient() throws GeneralSecurityException {
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers(), new TrustManager[] {check(TlsEngine.JDK)}, null);
        return context;
    }

    private KeyManager[] keyManagers() throws GeneralSecurityException {
        if (credentials == null) {
            return new KeyManager[0];
        }
        final KeyStore store = TrustedAuthorities.emptyStore();
        final char[] noPassword = new char[0];
        store.setKeyEntry("own", credentials.key(), noPassword, credentials.chainArray());
        final KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, noPassword);
        return factory.getKeyManagers();
    }
}
