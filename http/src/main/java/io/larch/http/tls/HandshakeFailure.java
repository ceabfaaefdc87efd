package io.larch.http.tls;

import io.larch.http.metrics.EdgeCounters.Handshake;
import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a handshake failed, in Go's words where Go has some, whoever of BoringSSL and the JDK says
 * it.
 *
 * @param fate under which it is counted.
 */
record HandshakeFailure(Handshake fate, String reason) {
    static final HandshakeFailure NOT_TLS =
            new HandshakeFailure(
                    Handshake.NOT_TLS, "tls: first record does not look like a TLS handshake");
    static final HandshakeFailure PLAIN_HTTP =
            new HandshakeFailure(
                    Handshake.NOT_TLS, "client sent an HTTP request to an HTTPS server");
    static final HandshakeFailure GONE = new HandshakeFailure(Handshake.GONE, "EOF");
    static final HandshakeFailure TOO_SLOW =
            new HandshakeFailure(
                    Handshake.TOO_SLOW,
                    "tls: handshake did not end in "
                            + TlsHandshake.TIMEOUT_MS / 1_000
                            + " seconds");

    /** BoringSSL: the alert's name behind the protocol's; the JDK: behind a colon. */
    private static final Pattern ALERT =
            Pattern.compile("(?:TLSV1|TLSV13|SSLV3)_ALERT_(\\w+)|[Rr]eceived fatal alert: (\\w+)");

    static HandshakeFailure of(final Throwable failure) {
        final StringBuilder said = new StringBuilder();
        CertificateException refusal = null;
        Throwable last = failure;
        int depth = 0;
        for (Throwable each = failure; each != null && depth < 16; each = each.getCause()) {
            if (each instanceof ClosedChannelException) {
                return GONE;
            }
            if (each instanceof NotSslRecordException) {
                return NOT_TLS;
            }
            if (each instanceof CertificateException certificate) {
                refusal = certificate;
            }
            said.append(each.getMessage()).append('\n');
            last = each;
            depth++;
        }
        return refusal == null ? ofProtocol(said.toString(), last) : ofCertificate(refusal, said);
    }

    private static HandshakeFailure ofCertificate(
            final CertificateException refusal, final StringBuilder said) {
        return new HandshakeFailure(Handshake.BAD_CERTIFICATE, reason(refusal, said.toString()));
    }

    private static String reason(final CertificateException refusal, final String said) {
        final String why;
        if (refusal instanceof CertificateExpiredException
                || refusal instanceof CertificateNotYetValidException) {
            why = "certificate has expired or is not yet valid: " + refusal.getMessage();
        } else if (said.contains("unable to find valid certification path")
                || said.contains("path does not chain with any of the trust anchors")
                || said.contains("signature check failed")
                || said.contains("trustAnchors parameter must be non-empty")) {
            why = "certificate signed by unknown authority";
        } else if (said.toLowerCase(Locale.ROOT).contains("key usage")) {
            why = "certificate specifies an incompatible key usage";
        } else {
            return refusal.getMessage();
        }
        return "tls: failed to verify client certificate: x509: " + why;
    }

    private static HandshakeFailure ofProtocol(final String said, final Throwable last) {
        if (said.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")
                || said.contains("Empty client certificate chain")) {
            return new HandshakeFailure(
                    Handshake.NO_CERTIFICATE, "tls: client didn't provide a certificate");
        }
        if (said.contains("UNSUPPORTED_PROTOCOL")
                || said.contains("is not enabled or supported in server context")
                || said.contains("not accepted by server preferences")) {
            return ofProtocol("tls: client offered only unsupported versions");
        }
        if (said.contains("NO_SHARED_CIPHER") || said.contains("no cipher suites in common")) {
            return ofProtocol("tls: no cipher suite supported by both client and server");
        }
        final Matcher alert = ALERT.matcher(said);
        if (alert.find()) {
            final String name = alert.group(1) != null ? alert.group(1) : alert.group(2);
            return ofProtocol(
                    "remote error: tls: " + name.toLowerCase(Locale.ROOT).replace('_', ' '));
        }
        return ofProtocol("tls: " + last.getMessage());
    }

    private static HandshakeFailure ofProtocol(final String reason) {
        return new HandshakeFailure(Handshake.PROTOCOL, reason);
    }
}
