package io.larch.transport.tcp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** Engines of the JDK, with keys made by its keytool once for all tests. */
public final class TestEngines implements TlsEngines {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String STORE = "keys";
    private static final Keys KEYS = Keys.make();

    private final SSLContext context;
    private final String protocol;

    private TestEngines(final KeyStore key, final KeyStore trusted, final String protocol) {
        this.protocol = protocol;
        try {
            final KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(key, PASSWORD);
            final TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of a member of the cluster. */
    public static TlsEngines good() {
        return new TestEngines(KEYS.member, KEYS.trusted, null);
    }

    /** Of a member of the cluster that speaks one version only. */
    static TlsEngines good(final String protocol) {
        return new TestEngines(KEYS.member, KEYS.trusted, protocol);
    }

    /** Trusts all members, but nobody knows who has signed its own certificate. */
    static TlsEngines foreign() {
        return new TestEngines(KEYS.foreign, KEYS.trusted, null);
    }

    /** A good certificate of another host. */
    static TlsEngines elsewhere() {
        return new TestEngines(KEYS.elsewhere, KEYS.trusted, null);
    }

    SSLContext context() {
        return context;
    }

    @Override
    public SSLEngine dial(final String host, final int port) {
        final SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        return set(engine, parameters);
    }

    @Override
    public SSLEngine accept() {
        final SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setNeedClientAuth(true);
        return set(engine, parameters);
    }

    private SSLEngine set(final SSLEngine engine, final SSLParameters parameters) {
        parameters.setApplicationProtocols(new String[] {PROTOCOL});
        if (protocol != null) {
            parameters.setProtocols(new String[] {protocol});
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private record Keys(KeyStore member, KeyStore foreign, KeyStore elsewhere, KeyStore trusted) {
        static Keys make() {
            try {
                final Path directory = Files.createTempDirectory("larch-keys");
                try {
                    return make(directory);
                } finally {
                    try (Stream<Path> files = Files.walk(directory)) {
                        for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                            Files.delete(file);
                        }
                    }
                }
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Keys make(final Path directory) throws IOException {
            final String here = "SAN=ip:127.0.0.1,ip:0:0:0:0:0:0:0:1,dns:localhost";
            genkey(directory, "ca", "bc:c");
            genkey(directory, "foreign", here);
            genkey(directory, "member", here, "-signer", "ca");
            genkey(directory, "elsewhere", "SAN=dns:elsewhere.invalid", "-signer", "ca");
            try {
                final KeyStore all = load(directory.resolve(STORE));
                final KeyStore trusted = empty();
                trusted.setCertificateEntry("ca", all.getCertificate("ca"));
                return new Keys(
                        only(all, "member"), only(all, "foreign"), only(all, "elsewhere"), trusted);
            } catch (final GeneralSecurityException e) {
                throw new IOException(e);
            }
        }

        private static KeyStore only(final KeyStore all, final String name)
                throws IOException, GeneralSecurityException {
            final KeyStore one = empty();
            one.setKeyEntry(
                    name, all.getKey(name, PASSWORD), PASSWORD, all.getCertificateChain(name));
            return one;
        }

        private static KeyStore empty() throws IOException, GeneralSecurityException {
            final KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, PASSWORD);
            return store;
        }

        /** Makes a key and its certificate, which it signs itself if nobody else is said to. */
        private static void genkey(
                final Path directory,
                final String name,
                final String extension,
                final String... signer)
                throws IOException {
            final List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
            command.addAll(List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name));
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
            command.addAll(List.of("-validity", "3650", "-ext", extension));
            command.addAll(List.of(signer));
            command.addAll(List.of("-keystore", STORE, "-storetype", "PKCS12"));
            command.addAll(List.of("-storepass", new String(PASSWORD)));
            command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
            // Nobody wants to guess the password of these.
            for (final String part : List.of("certPbe", "keyPbe", "mac")) {
                command.add("-J-Dkeystore.pkcs12." + part + "IterationCount=1");
            }
            run(directory, command);
        }

        private static void run(final Path directory, final List<String> command)
                throws IOException {
            final Process process =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .start();
            final String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            try {
                if (process.waitFor() != 0) {
                    throw new IOException(String.join(" ", command) + ": " + output);
                }
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        private static KeyStore load(final Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                final KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(in, PASSWORD);
                return store;
            } catch (final GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
    }
}
