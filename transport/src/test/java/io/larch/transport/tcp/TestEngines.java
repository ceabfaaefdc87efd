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
            final KeyStore member = signed(directory, "member", here);
            final KeyStore elsewhere = signed(directory, "elsewhere", "SAN=dns:elsewhere.invalid");
            final KeyStore trusted = load(directory.resolve("trusted"));
            return new Keys(member, load(directory.resolve("foreign")), elsewhere, trusted);
        }

        private static KeyStore signed(
                final Path directory, final String name, final String extension)
                throws IOException {
            genkey(directory, name, extension);
            keytool(directory, name, "-certreq", "-alias", name, "-file", name + ".csr");
            keytool(
                    directory,
                    "ca",
                    "-gencert",
                    "-alias",
                    "ca",
                    "-ext",
                    extension,
                    "-infile",
                    name + ".csr",
                    "-outfile",
                    name + ".crt",
                    "-validity",
                    "3650",
                    "-rfc");
            keytool(directory, "ca", "-exportcert", "-alias", "ca", "-file", "ca.crt", "-rfc");
            if (!Files.exists(directory.resolve("trusted"))) {
                keytool(
                        directory,
                        "trusted",
                        "-importcert",
                        "-noprompt",
                        "-alias",
                        "ca",
                        "-file",
                        "ca.crt");
            }
            keytool(directory, name, "-importcert", "-noprompt", "-alias", "ca", "-file", "ca.crt");
            keytool(directory, name, "-importcert", "-alias", name, "-file", name + ".crt");
            return load(directory.resolve(name));
        }

        private static void genkey(final Path directory, final String name, final String extension)
                throws IOException {
            keytool(
                    directory,
                    name,
                    "-genkeypair",
                    "-alias",
                    name,
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=" + name,
                    "-validity",
                    "3650",
                    "-ext",
                    extension);
        }

        private static void keytool(
                final Path directory, final String store, final String... arguments)
                throws IOException {
            final List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
            command.addAll(List.of(arguments));
            command.addAll(List.of("-keystore", store, "-storetype", "PKCS12"));
            command.addAll(List.of("-storepass", new String(PASSWORD)));
            command.add("-J-XX:TieredStopAtLevel=1");
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
