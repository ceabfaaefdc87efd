package io.larch.tools.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One PEM file, read at once and wholly; text between its blocks is passed over, as OpenSSL writes
 * some. What is not well-formed is told in Go's words where Go has some.
 */
final class PemFile {
    private static final Pattern BLOCK =
            Pattern.compile(
                    "^-----BEGIN ([A-Z0-9 ]+)-----[ \\t]*\\R(.*?)^-----END \\1-----[ \\t]*$",
                    Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern HEADER = Pattern.compile("^[A-Za-z-]+:.*$", Pattern.MULTILINE);

    private final String name;
    private final byte[] bytes;
    private final List<Block> blocks;

    /** A block: what its label says it is, and its bytes. */
    private record Block(String label, boolean isEncrypted, byte[] der) {}

    private PemFile(final String name, final byte[] bytes) throws TlsFileException {
        this.name = name;
        this.bytes = bytes;
        this.blocks = blocks();
    }

    static PemFile read(final String name) throws TlsFileException {
        try {
            return new PemFile(name, Files.readAllBytes(Path.of(name)));
        } catch (final NoSuchFileException e) {
            throw new TlsFileException("open " + name + ": no such file or directory", e);
        } catch (final AccessDeniedException e) {
            throw new TlsFileException("open " + name + ": permission denied", e);
        } catch (final IOException | InvalidPathException e) {
            throw new TlsFileException("cannot read " + name + ": " + e.getMessage(), e);
        }
    }

    private List<Block> blocks() throws TlsFileException {
        final List<Block> found = new ArrayList<>();
        final Matcher matcher = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            final String text = matcher.group(2);
            final String base64 = HEADER.matcher(text).replaceAll("").replaceAll("\\s", "");
            try {
                found.add(
                        new Block(
                                matcher.group(1),
                                text.contains("Proc-Type:"),
                                Base64.getDecoder().decode(base64)));
            } catch (final IllegalArgumentException e) {
                throw problem("malformed PEM: " + e.getMessage(), e);
            }
        }
        return found;
    }

    /** All certificates, in their order; at least one. */
    List<X509Certificate> certificates() throws TlsFileException {
        final List<X509Certificate> certificates = new ArrayList<>();
        for (final Block block : blocks) {
            if (block.label.equals("CERTIFICATE")) {
                try {
                    certificates.add(
                            (X509Certificate)
                                    factory()
                                            .generateCertificate(
                                                    new ByteArrayInputStream(block.der)));
                } catch (final CertificateException e) {
                    throw problem("x509: malformed certificate", e);
                }
            }
        }
        if (certificates.isEmpty()) {
            throw problem("tls: failed to find any PEM data in certificate input", null);
        }
        return certificates;
    }

    /**
     * The first private key.
     *
     * @param publicKey its other half; it says what curve an old EC key is of.
     */
    PrivateKey privateKey(final PublicKey publicKey) throws TlsFileException {
        for (final Block block : blocks) {
            if (!block.label.endsWith("PRIVATE KEY")) {
                continue;
            }
            if (block.isEncrypted || block.label.equals("ENCRYPTED PRIVATE KEY")) {
                throw problem("tls: failed to parse private key: it is encrypted", null);
            }
            try {
                return PrivateKeys.read(block.der, publicKey);
            } catch (final GeneralSecurityException | RuntimeException e) {
                throw problem("tls: failed to parse private key", e);
            }
        }
        throw problem("tls: failed to find any PEM data in key input", null);
    }

    /** All revocation lists: PEM, or a single one in DER; at least one. */
    List<X509CRL> revocationLists() throws TlsFileException {
        final List<X509CRL> lists = new ArrayList<>();
        for (final Block block : blocks) {
            if (block.label.equals("X509 CRL")) {
                lists.add(revocationList(block.der));
            }
        }
        if (lists.isEmpty()) {
            lists.add(revocationList(bytes));
        }
        return lists;
    }

    private X509CRL revocationList(final byte[] der) throws TlsFileException {
        try {
            return (X509CRL) factory().generateCRL(new ByteArrayInputStream(der));
        } catch (final CRLException | CertificateException e) {
            throw problem("x509: malformed certificate revocation list", e);
        }
    }

    private static CertificateFactory factory() throws CertificateException {
        return CertificateFactory.getInstance("X.509");
    }

    private TlsFileException problem(final String reason, final Throwable cause) {
        return new TlsFileException(name + ": " + reason, cause);
    }
}
