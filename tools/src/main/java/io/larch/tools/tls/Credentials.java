package io.larch.tools.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a member shows: a certificate, the authorities between it and one that all know, and the
 * key, which belongs to it.
 *
 * @param chain the own certificate first.
 */
record Credentials(PrivateKey key, List<X509Certificate> chain) {
    private static final byte[] PROBE = "larch".getBytes(StandardCharsets.UTF_8);

    static Credentials read(final String certFile, final String keyFile) throws TlsFileException {
        if (certFile.isEmpty() || keyFile.isEmpty()) {
            throw new TlsFileException(
                    "KeyFile and CertFile must both be present[key: %s, cert: %s]"
                            .formatted(keyFile, certFile));
        }
        final List<X509Certificate> chain = PemFile.read(certFile).certificates();
        final PublicKey publicKey = chain.get(0).getPublicKey();
        final PrivateKey key = PemFile.read(keyFile).privateKey(publicKey);
        if (!isPair(key, publicKey)) {
            throw new TlsFileException(
                    certFile + ", " + keyFile + ": tls: private key does not match public key");
        }
        return new Credentials(key, chain);
    }

    X509Certificate[] chainArray() {
        return chain.toArray(X509Certificate[]::new);
    }

    /** What one signs, the other must know. */
    private static boolean isPair(final PrivateKey key, final PublicKey publicKey) {
        final String algorithm =
                switch (publicKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> publicKey.getAlgorithm();
                };
        try {
            final Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            final byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (final GeneralSecurityException e) {
            return false;
        }
    }
}
