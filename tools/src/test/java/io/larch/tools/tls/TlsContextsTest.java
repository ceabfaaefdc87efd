package io.larch.tools.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.tls.TestAuthority.Issue;
import io.larch.tools.tls.TestAuthority.Issued;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Contexts of files: what is read, who is believed, what happens when the files change. */
class TlsContextsTest {
    @TempDir Path directory;
    private TestAuthority authority;

    @BeforeEach
    void makeAuthority() throws Exception {
        authority = TestAuthority.create(directory, "authority");
    }

    static List<Object[]> keys() {
        final List<Object[]> cases = new ArrayList<>();
        for (final TlsEngine engine : TlsEngine.values()) {
            for (final TlsVersion version : TlsVersion.values()) {
                for (final String algorithm : List.of("RSA", "EC", "Ed25519")) {
                    cases.add(new Object[] {engine, version, algorithm, false});
                    if (!algorithm.equals("Ed25519")) {
                        cases.add(new Object[] {engine, version, algorithm, true});
                    }
                }
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("keys")
    void shouldServeWithEachKindOfKeyAndDemandTheSame(
            final TlsEngine engine,
            final TlsVersion version,
            final String algorithm,
            final boolean isOldKey)
            throws Exception {
        final Issued server =
                authority.issue(
                        Issue.of("server")
                                .hosts("localhost")
                                .algorithm(algorithm)
                                .oldKey(isOldKey));
        final Issued client =
                authority.issue(Issue.of("client").algorithm(algorithm).oldKey(isOldKey));
        final TlsContexts ofServer =
                load(engine, settings(server).version(version).trusting(authority));
        final TlsContexts ofClient = load(engine, settings(client).trusting(authority));

        for (final SSLEngine dialing : clients(ofClient, "localhost")) {
            final SSLEngine accepting = serverEngine(ofServer);
            Handshake.between(dialing, accepting);
            assertEquals(version.protocol(), accepting.getSession().getProtocol());
            assertEquals(client.certificate(), accepting.getSession().getPeerCertificates()[0]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowAndBelieveAChain(final TlsEngine engine) throws Exception {
        final TestAuthority between = authority.intermediate("between");
        final Issued server = between.server("server");
        final Path chain = directory.resolve("chain.pem");
        Files.writeString(
                chain,
                "Certificate:\n    Data: text of a tool\n"
                        + Files.readString(Path.of(server.cert()))
                        + Files.readString(Path.of(between.file())));
        final TlsContexts contexts =
                load(engine, new Settings(chain.toString(), server.key()).trusting(authority));
        Handshake.between(clients(contexts, "127.0.0.1").get(0), serverEngine(contexts));
        Handshake.between(clients(contexts, "localhost").get(1), serverEngine(contexts));
    }

    @ParameterizedTest
    @EnumSource
    void shouldBelieveEachAuthorityOfABundle(final TlsEngine engine) throws Exception {
        final TestAuthority other = TestAuthority.create(directory, "other");
        final Path bundle = directory.resolve("bundle.pem");
        Files.writeString(
                bundle,
                Files.readString(Path.of(authority.file()))
                        + Files.readString(Path.of(other.file())));
        final TlsContexts server =
                load(engine, settings(authority.server("s")).trusting(bundle.toString()));
        for (final TestAuthority each : List.of(authority, other)) {
            final TlsContexts client =
                    load(engine, settings(each.client("c")).trusting(bundle.toString()));
            Handshake.between(clients(client, "localhost").get(0), serverEngine(server));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhoShowsNoGoodCertificate(final TlsEngine engine) throws Exception {
        final TlsContexts server =
                load(engine, settings(authority.server("s")).trusting(authority));
        final Settings none = new Settings("", "").trusting(authority);
        assertRefused(
                server,
                load(engine, none),
                engine == TlsEngine.JDK
                        ? "Empty client certificate chain"
                        : "PEER_DID_NOT_RETURN_A_CERTIFICATE");
        // Of the same name, since a client shows nothing that is not of an authority asked for.
        final TestAuthority stranger = TestAuthority.create(directory, "authority");
        assertRefused(
                server,
                load(engine, settings(stranger.client("c")).trusting(authority)),
                "PKIX path validation failed");
        assertRefused(
                server,
                load(
                        engine,
                        settings(authority.issue(Issue.of("c").expired())).trusting(authority)),
                "validity check failed");
        assertRefused(
                server,
                load(
                        engine,
                        settings(
                                        authority.issue(
                                                Issue.of("c")
                                                        .onlyFor(KeyPurposeId.id_kp_serverAuth)))
                                .trusting(authority)),
                "Extended key usage");
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhoIsRevoked(final TlsEngine engine) throws Exception {
        final Issued gone = authority.client("gone");
        final Issued good = authority.client("good");
        authority.revoke(gone);
        final TlsContexts server =
                load(
                        engine,
                        settings(authority.server("s"))
                                .trusting(authority)
                                .revoking(authority.revocationList("crl.pem")));
        assertRefused(
                server,
                load(engine, settings(gone).trusting(authority)),
                "transport: certificate serial "
                        + gone.certificate().getSerialNumber().toString(16)
                        + " revoked");
        Handshake.between(
                clients(load(engine, settings(good).trusting(authority)), "localhost").get(0),
                serverEngine(server));
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeOnlyTheNameThatIsAllowed(final TlsEngine engine) throws Exception {
        final Issued server = authority.server("s");
        final TlsContexts byName =
                load(engine, settings(server).trusting(authority).allowing("member", ""));
        final TlsContexts member =
                load(engine, settings(authority.client("member")).trusting(authority));
        final TlsContexts other =
                load(engine, settings(authority.client("other")).trusting(authority));
        Handshake.between(clients(member, "localhost").get(0), serverEngine(byName));
        assertRefused(byName, other, "CommonName authentication failed");

        final TlsContexts byHost =
                load(engine, settings(server).trusting(authority).allowing("", "a.example"));
        for (final String good : List.of("a.example", "*.example", "A.Example.")) {
            final Issued issued = authority.issue(Issue.of("c").hosts(good));
            final TlsContexts client = load(engine, settings(issued).trusting(authority));
            Handshake.between(clients(client, "localhost").get(0), serverEngine(byHost));
        }
        for (final String bad : List.of("b.example", "*.a.example", "example")) {
            final Issued issued = authority.issue(Issue.of("a.example").hosts(bad));
            assertRefused(
                    byHost,
                    load(engine, settings(issued).trusting(authority)),
                    "client certificate authentication failed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldConnectOnlyToTheHostThatTheCertificateIsFor(final TlsEngine engine)
            throws Exception {
        final TlsContexts server = load(engine, settings(authority.server("s")));
        final TlsContexts client = load(engine, new Settings("", "").trusting(authority));
        for (final SSLEngine good : clients(client, "127.0.0.1")) {
            Handshake.between(good, serverEngine(server));
        }
        for (final SSLEngine bad : clients(client, "elsewhere.example")) {
            assertThrows(SSLException.class, () -> Handshake.between(bad, serverEngine(server)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSpeakTheCipherSuiteThatIsGiven(final TlsEngine engine) throws Exception {
        final TlsContexts server =
                load(
                        engine,
                        settings(authority.server("s"))
                                .version(TlsVersion.TLS_1_2)
                                .suites("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"));
        final TlsContexts client = load(engine, new Settings("", "").trusting(authority));
        final SSLEngine accepting = serverEngine(server);
        Handshake.between(clients(client, "localhost").get(0), accepting);
        assertEquals(
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", accepting.getSession().getCipherSuite());
    }

    @ParameterizedTest
    @EnumSource
    void shouldBelieveAnybodyWhenCertificatesAreSelfMade(final TlsEngine engine) throws Exception {
        final Issued one = authority.client("one");
        final TlsContexts contexts = load(engine, settings(one).selfSigned());
        for (final SSLEngine client : clients(contexts, "elsewhere.example")) {
            Handshake.between(client, serverEngine(contexts));
        }
    }

    // --- files that cannot be used ---

    @Test
    void shouldNameFileAndReason() throws Exception {
        final Issued good = authority.server("good");
        final Issued other = authority.server("other");
        final String missing = directory.resolve("missing").toString();
        final String half = directory.resolve("half").toString();
        final String certText = Files.readString(Path.of(good.cert()));
        Files.writeString(Path.of(half), certText.substring(0, certText.length() / 2));
        final String garbled = directory.resolve("garbled").toString();
        Files.writeString(Path.of(garbled), certText.replaceFirst("MII", "AII"));
        final String encrypted = directory.resolve("encrypted").toString();
        Files.writeString(
                Path.of(encrypted),
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                        + "DEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        final String noFile = ": no such file or directory";
        assertUnusable(new Settings(missing, good.key()), "open " + missing + noFile);
        assertUnusable(new Settings(good.cert(), missing), "open " + missing + noFile);
        assertUnusable(
                new Settings(half, good.key()),
                half + ": tls: failed to find any PEM data in certificate input");
        assertUnusable(
                new Settings(garbled, good.key()), garbled + ": x509: malformed certificate");
        assertUnusable(
                new Settings(good.cert(), encrypted),
                encrypted + ": tls: failed to parse private key: it is encrypted");
        assertUnusable(
                new Settings(good.cert(), good.cert()),
                good.cert() + ": tls: failed to find any PEM data in key input");
        assertUnusable(
                new Settings(good.cert(), other.key()),
                good.cert() + ", " + other.key() + ": tls: private key does not match public key");
        assertUnusable(
                new Settings(good.cert(), authority.issue(Issue.of("r").algorithm("RSA")).key()),
                "tls: private key does not match public key");
        assertUnusable(
                new Settings(good.cert(), ""),
                "KeyFile and CertFile must both be present[key: , cert: " + good.cert() + "]");
        assertUnusable(settings(good).trusting(half), half + ": tls: failed to find any PEM");
        assertUnusable(
                settings(good).trusting(authority).revoking(half),
                half + ": x509: malformed certificate revocation list");
        final String foreign =
                TestAuthority.create(directory, "foreign").revocationList("foreign.crl");
        assertUnusable(
                settings(good).trusting(authority).revoking(foreign),
                foreign + ": revocation list of CN=foreign is not signed by a trusted authority");
        assertUnusable(settings(good).trusting(directory.toString()), "cannot read " + directory);
    }

    private static void assertUnusable(final Settings settings, final String reason) {
        final TlsFileException problem =
                assertThrows(TlsFileException.class, () -> load(TlsEngine.JDK, settings));
        assertTrue(problem.getMessage().contains(reason), problem::getMessage);
    }

    // --- files that change ---

    static Stream<TlsEngine> engines() {
        return Stream.of(TlsEngine.values());
    }

    @ParameterizedTest
    @MethodSource("engines")
    void shouldGoOnWithTheOldOnesUntilAllIsThere(final TlsEngine engine) throws Exception {
        final Issued first = authority.server("first");
        final Issued second = authority.server("second");
        final Path cert = directory.resolve("live.pem");
        final Path key = directory.resolve("live.key");
        Files.copy(Path.of(first.cert()), cert);
        Files.copy(Path.of(first.key()), key);
        final TlsContexts contexts = load(engine, new Settings(cert.toString(), key.toString()));
        final SslContext before = contexts.server().get();
        assertFalse(contexts.refresh());
        assertSame(before, contexts.server().get());

        final String text = Files.readString(Path.of(second.cert()));
        Files.writeString(cert, text.substring(0, 100));
        assertFalse(contexts.refresh(), "half-written");
        Files.delete(cert);
        assertFalse(contexts.refresh(), "gone");
        Files.writeString(cert, text);
        assertFalse(contexts.refresh(), "key of another");
        assertSame(before, contexts.server().get());

        final Path newKey = directory.resolve("new.key");
        Files.copy(Path.of(second.key()), newKey);
        Files.move(newKey, key, StandardCopyOption.ATOMIC_MOVE);
        assertTrue(contexts.refresh());
        assertNotSame(before, contexts.server().get());
        assertEquals(second.certificate(), shown(engine, contexts));
        assertFalse(contexts.refresh());
    }

    @Test
    void shouldSeeThatALinkLeadsElsewhere() throws Exception {
        final Issued first = authority.server("first");
        final Issued second = authority.server("second");
        for (final Issued each : List.of(first, second)) {
            final Path version = Files.createDirectory(directory.resolve(name(each)));
            Files.copy(Path.of(each.cert()), version.resolve("tls.crt"));
            Files.copy(Path.of(each.key()), version.resolve("tls.key"));
        }
        // As Kubernetes mounts a secret: files are links into ..data, which is a link itself.
        final Path data = directory.resolve("..data");
        Files.createSymbolicLink(data, directory.resolve(name(first)));
        for (final String file : List.of("tls.crt", "tls.key")) {
            Files.createSymbolicLink(directory.resolve(file), Path.of("..data", file));
        }
        final TlsContexts contexts =
                load(
                        TlsEngine.JDK,
                        new Settings(
                                directory.resolve("tls.crt").toString(),
                                directory.resolve("tls.key").toString()));
        assertEquals(first.certificate(), shown(TlsEngine.JDK, contexts));
        final Path next = directory.resolve("..data_tmp");
        Files.createSymbolicLink(next, directory.resolve(name(second)));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        assertTrue(contexts.refresh());
        assertEquals(second.certificate(), shown(TlsEngine.JDK, contexts));
    }

    private static String name(final Issued issued) {
        return "v" + issued.certificate().getSerialNumber();
    }

    private Object shown(final TlsEngine engine, final TlsContexts contexts) throws Exception {
        final SSLEngine client =
                clients(load(engine, new Settings("", "").trusting(authority)), "localhost").get(0);
        Handshake.between(client, serverEngine(contexts));
        return client.getSession().getPeerCertificates()[0];
    }

    // --- tools ---

    private static void assertRefused(
            final TlsContexts server, final TlsContexts client, final String reason) {
        final SSLException refusal =
                assertThrows(
                        SSLException.class,
                        () ->
                                Handshake.between(
                                        clients(client, "localhost").get(0), serverEngine(server)));
        final StringBuilder all = new StringBuilder();
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            all.append(cause.getMessage()).append('\n');
        }
        assertTrue(all.toString().toLowerCase().contains(reason.toLowerCase()), all::toString);
    }

    /** One of Netty and one of the JDK. */
    private static List<SSLEngine> clients(final TlsContexts contexts, final String host) {
        final SSLEngine ofNetty =
                contexts.client().get().newEngine(UnpooledByteBufAllocator.DEFAULT, host, 1);
        final SSLEngine ofJdk = contexts.javaClient().get().createSSLEngine(host, 1);
        final var parameters = ofJdk.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        ofJdk.setSSLParameters(parameters);
        return List.of(ofNetty, ofJdk);
    }

    private static SSLEngine serverEngine(final TlsContexts contexts) {
        return contexts.server().get().newEngine(UnpooledByteBufAllocator.DEFAULT);
    }

    private static TlsContexts load(final TlsEngine engine, final Settings settings)
            throws TlsFileException {
        return TlsContexts.load("clientTLS", settings.build(), engine);
    }

    private static Settings settings(final Issued issued) {
        return new Settings(issued.cert(), issued.key());
    }

    /** Settings, one after the other. */
    private static final class Settings {
        private final String cert;
        private final String key;
        private String trusted = "";
        private String crl = "";
        private String cn = "";
        private String hostname = "";
        private List<String> suites = List.of();
        private TlsVersion min = TlsVersion.TLS_1_2;
        private TlsVersion max = TlsVersion.TLS_1_3;
        private boolean isSelfSigned;

        Settings(final String cert, final String key) {
            this.cert = cert;
            this.key = key;
        }

        Settings trusting(final TestAuthority authority) {
            return trusting(authority.file());
        }

        Settings trusting(final String file) {
            trusted = file;
            return this;
        }

        Settings revoking(final String file) {
            crl = file;
            return this;
        }

        Settings allowing(final String commonName, final String host) {
            cn = commonName;
            hostname = host;
            return this;
        }

        Settings version(final TlsVersion version) {
            min = version;
            max = version;
            return this;
        }

        Settings suites(final String... names) {
            suites = List.of(names);
            return this;
        }

        Settings selfSigned() {
            isSelfSigned = true;
            return this;
        }

        TlsSettings build() {
            return new TlsSettings(
                    cert,
                    key,
                    trusted,
                    false,
                    "",
                    crl,
                    cn,
                    hostname,
                    suites,
                    min,
                    max,
                    isSelfSigned);
        }
    }
}
