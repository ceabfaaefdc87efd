package io.larch.tools.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** Makes certificates for tests, and files of them, in a directory. */
public final class TestAuthority {
    private static final AtomicLong SERIALS = new AtomicLong(0x1000);

    private final Path directory;
    private final KeyPair pair;
    private final X509Certificate certificate;
    private final Path file;
    private final List<X509Certificate> revoked = new ArrayList<>();

    private TestAuthority(
            final Path directory, final KeyPair pair, final X509Certificate certificate)
            throws IOException, GeneralSecurityException {
        this.directory = directory;
        this.pair = pair;
        this.certificate = certificate;
        this.file = directory.resolve("ca" + SERIALS.getAndIncrement() + ".pem");
        Files.writeString(file, pem(certificate));
    }

    /** One that signs itself. */
    public static TestAuthority create(final Path directory, final String name)
            throws GeneralSecurityException, IOException {
        final KeyPair pair = keys("EC");
        return new TestAuthority(
                directory, pair, Issue.of(name).isAuthority(true).signed(pair, name, pair));
    }

    /** One between this and those whom it signs. */
    public TestAuthority intermediate(final String name)
            throws GeneralSecurityException, IOException {
        final KeyPair own = keys("EC");
        return new TestAuthority(
                directory, own, Issue.of(name).isAuthority(true).signed(own, name(), pair));
    }

    private String name() {
        return certificate.getSubjectX500Principal().getName();
    }

    /** The file with its certificate. */
    public String file() {
        return file.toString();
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** For {@code localhost} and 127.0.0.1, in files called by the name. */
    public Issued server(final String name) throws GeneralSecurityException, IOException {
        return issue(Issue.of(name).hosts("localhost").addresses("127.0.0.1"));
    }

    /** For a client with this common name. */
    public Issued client(final String commonName) throws GeneralSecurityException, IOException {
        return issue(Issue.of(commonName));
    }

    public Issued issue(final Issue issue) throws GeneralSecurityException, IOException {
        final KeyPair own = keys(issue.algorithm);
        final X509Certificate signed = issue.signed(own, name(), pair);
        final String base = issue.name + SERIALS.getAndIncrement();
        final Path cert = directory.resolve(base + ".pem");
        final Path key = directory.resolve(base + ".key");
        Files.writeString(cert, pem(signed));
        Files.writeString(key, issue.isOldKey ? oldPem(own.getPrivate()) : pem(own.getPrivate()));
        return new Issued(cert.toString(), key.toString(), signed);
    }

    public void revoke(final Issued issued) {
        revoked.add(issued.certificate);
    }

    /** Writes the list of what it has revoked. */
    public String revocationList(final String name) throws IOException, GeneralSecurityException {
        final X509v2CRLBuilder list =
                new X509v2CRLBuilder(
                        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                        new Date());
        list.setNextUpdate(Date.from(Instant.now().plus(Duration.ofDays(1))));
        for (final X509Certificate each : revoked) {
            list.addCRLEntry(each.getSerialNumber(), new Date(), CRLReason.keyCompromise);
        }
        final Path crl = directory.resolve(name);
        Files.writeString(
                crl, text(new PemObject("X509 CRL", list.build(signer(pair)).getEncoded())));
        return crl.toString();
    }

    /** A certificate and its key in files. */
    public record Issued(String cert, String key, X509Certificate certificate) {}

    /** What a certificate is to say. */
    public static final class Issue {
        private final String name;
        private String algorithm = "EC";
        private boolean isOldKey;
        private boolean isAuthority;
        private Instant from = Instant.now().minus(Duration.ofDays(2));
        private Instant to = Instant.now().plus(Duration.ofDays(30));
        private KeyPurposeId[] purposes = {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        };
        private final List<GeneralName> alternatives = new ArrayList<>();

        private Issue(final String name) {
            this.name = name;
        }

        public static Issue of(final String commonName) {
            return new Issue(commonName);
        }

        public Issue algorithm(final String value) {
            algorithm = value;
            return this;
        }

        /** PKCS#1 or SEC 1 instead of PKCS#8. */
        public Issue oldKey(final boolean value) {
            isOldKey = value;
            return this;
        }

        Issue isAuthority(final boolean value) {
            isAuthority = value;
            return this;
        }

        public Issue hosts(final String... hosts) {
            for (final String host : hosts) {
                alternatives.add(new GeneralName(GeneralName.dNSName, host));
            }
            return this;
        }

        public Issue addresses(final String... addresses) {
            for (final String address : addresses) {
                alternatives.add(new GeneralName(GeneralName.iPAddress, address));
            }
            return this;
        }

        public Issue expired() {
            to = Instant.now().minus(Duration.ofDays(1));
            return this;
        }

        public Issue onlyFor(final KeyPurposeId purpose) {
            purposes = new KeyPurposeId[] {purpose};
            return this;
        }

        private X509Certificate signed(
                final KeyPair own, final String issuer, final KeyPair issuerPair)
                throws GeneralSecurityException {
            final JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            new X500Name(issuer.contains("=") ? issuer : "CN=" + issuer),
                            BigInteger.valueOf(SERIALS.getAndIncrement()),
                            Date.from(from),
                            Date.from(to),
                            new X500Name("CN=" + name),
                            own.getPublic());
            try {
                builder.addExtension(
                        Extension.basicConstraints, true, new BasicConstraints(isAuthority));
                if (!isAuthority) {
                    builder.addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
                }
                if (!alternatives.isEmpty()) {
                    builder.addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(alternatives.toArray(GeneralName[]::new)));
                }
            } catch (final CertIOException e) {
                throw new GeneralSecurityException(e);
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(signer(issuerPair)));
        }
    }

    private static ContentSigner signer(final KeyPair pair) throws GeneralSecurityException {
        final String algorithm =
                switch (pair.getPrivate().getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "Ed25519";
                };
        try {
            return new JcaContentSignerBuilder(algorithm).build(pair.getPrivate());
        } catch (final OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static KeyPair keys(final String algorithm) throws GeneralSecurityException {
        final KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("RSA")) {
            generator.initialize(2048);
        } else if (algorithm.equals("EC")) {
            generator.initialize(256);
        }
        return generator.generateKeyPair();
    }

    static String pem(final X509Certificate certificate)
            throws IOException, GeneralSecurityException {
        return text(new PemObject("CERTIFICATE", certificate.getEncoded()));
    }

    private static String pem(final PrivateKey key) throws IOException {
        return text(new PemObject("PRIVATE KEY", key.getEncoded()));
    }

    private static String oldPem(final PrivateKey key) throws IOException {
        final byte[] inner =
                PrivateKeyInfo.getInstance(key.getEncoded())
                        .parsePrivateKey()
                        .toASN1Primitive()
                        .getEncoded();
        return text(new PemObject(key.getAlgorithm() + " PRIVATE KEY", inner));
    }

    private static String text(final PemObject object) throws IOException {
        final StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
