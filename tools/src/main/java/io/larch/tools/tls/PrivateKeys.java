package io.larch.tools.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/**
 * Private keys as OpenSSL and Go write them. Java knows PKCS#8 alone; the older forms, PKCS#1 for
 * RSA (RFC 8017) and SEC 1 for elliptic curves (RFC 5915), are PKCS#8 without the frame that says
 * which algorithm it is, so they are put into one.
 *
 * <pre>
 *   PrivateKeyInfo ::= SEQUENCE { version 0, algorithm AlgorithmIdentifier, OCTET STRING { key } }
 *   PublicKeyInfo  ::= SEQUENCE { algorithm AlgorithmIdentifier, BIT STRING { key } }
 * </pre>
 */
final class PrivateKeys {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final int LONG_FORM = 0x80;

    private PrivateKeys() {}

    /**
     * Reads a key of whichever form.
     *
     * @param publicKey its other half, which names algorithm and curve.
     */
    static PrivateKey read(final byte[] der, final PublicKey publicKey)
            throws GeneralSecurityException {
        final String algorithm = publicKey.getAlgorithm();
        try {
            return pkcs8(algorithm, der);
        } catch (final InvalidKeySpecException e) {
            final PrivateKey other = ofOtherAlgorithm(algorithm, der);
            return other != null ? other : pkcs8(algorithm, framed(der, publicKey));
        }
    }

    private static PrivateKey pkcs8(final String algorithm, final byte[] der)
            throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    /** A good key that does not belong to the certificate is to be told apart from a bad one. */
    private static PrivateKey ofOtherAlgorithm(final String algorithm, final byte[] der)
            throws GeneralSecurityException {
        for (final String other : new String[] {"RSA", "EC", "Ed25519"}) {
            if (!other.equals(algorithm)) {
                try {
                    return pkcs8(other, der);
                } catch (final InvalidKeySpecException e) {
                    continue;
                }
            }
        }
        return null;
    }

    private static byte[] framed(final byte[] der, final PublicKey publicKey) {
        final ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.writeBytes(VERSION_0);
        info.writeBytes(algorithmIdentifier(publicKey.getEncoded()));
        write(info, OCTET_STRING, der);
        final ByteArrayOutputStream whole = new ByteArrayOutputStream();
        write(whole, SEQUENCE, info.toByteArray());
        return whole.toByteArray();
    }

    /** The first of the sequence that a public key is, as it stands there. */
    private static byte[] algorithmIdentifier(final byte[] publicKeyInfo) {
        final int start = headerLength(publicKeyInfo, 0);
        final int end = start + headerLength(publicKeyInfo, start) + length(publicKeyInfo, start);
        return Arrays.copyOfRange(publicKeyInfo, start, end);
    }

    private static int headerLength(final byte[] der, final int at) {
        final int first = der[at + 1] & 0xff;
        return first < LONG_FORM ? 2 : 2 + first - LONG_FORM;
    }

    private static int length(final byte[] der, final int at) {
        final int first = der[at + 1] & 0xff;
        if (first < LONG_FORM) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < first - LONG_FORM; i++) {
            length = length << 8 | der[at + 2 + i] & 0xff;
        }
        return length;
    }

    private static void write(
            final ByteArrayOutputStream out, final int tag, final byte[] content) {
        out.write(tag);
        if (content.length < LONG_FORM) {
            out.write(content.length);
        } else {
            final int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / 8;
            out.write(LONG_FORM + bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(content.length >>> 8 * i);
            }
        }
        out.writeBytes(content);
    }
}
