package io.larch.tools.flags;

import io.larch.tools.tls.CipherSuites;
import io.larch.tools.tls.TlsSettings;
import io.larch.tools.tls.TlsVersion;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The flags of TLS, of clients and of peers. Files are named here and read later, whatever the
 * scheme of the URLs; nothing that would be less safe than it was meant passes.
 */
final class TlsFlags {
    private static final List<String> CERTIFICATE =
            List.of("cert-file", "key-file", "client-cert-auth", "trusted-ca-file", "ca-file");

    static final String NO_CERTIFICATE =
            "cannot listen on TLS for given listener: KeyFile and CertFile are not presented";

    private final FlagSet flags;
    private final List<Remark> remarks;

    TlsFlags(final FlagSet flags, final List<Remark> remarks) {
        this.flags = flags;
        this.remarks = remarks;
    }

    /** Whether a certificate or a key is named; then old addresses mean https. */
    static boolean hasCertificate(final FlagSet flags, final String prefix) {
        return Stream.of("cert-file", "key-file")
                .anyMatch(flag -> !flags.text(prefix + flag).isEmpty());
    }

    /**
     * Reads them.
     *
     * @throws ExitException with etcd's words where it has some.
     */
    ServerConfig.Security security(final ServerConfig.Urls urls) throws ExitException {
        final TlsSettings clients = settings("", "client-crl-file", "client-cert-allowed-hostname");
        final TlsSettings peers = settings("peer-", "peer-crl-file", "peer-cert-allowed-hostname");
        checkUse("", clients, urls.listenClient());
        checkUse("peer-", peers, urls.listenPeer());
        return new ServerConfig.Security(
                clients, isAuto("", clients), peers, isAuto("peer-", peers), selfSignedYears());
    }

    private TlsSettings settings(
            final String prefix, final String crlFile, final String allowedHostname)
            throws ExitException {
        final TlsVersion minVersion = version("tls-min-version", TlsVersion.TLS_1_2);
        final TlsVersion maxVersion = version("tls-max-version", TlsVersion.TLS_1_3);
        if (minVersion.compareTo(maxVersion) > 0) {
            throw flags.contradiction(
                    "min version (%s) is greater than max version (%s)"
                            .formatted(minVersion.flagText(), maxVersion.flagText()),
                    "tls-min-version",
                    "tls-max-version");
        }
        final List<String> suites = suites();
        if (!suites.isEmpty() && minVersion == TlsVersion.TLS_1_3) {
            throw flags.contradiction(
                    "cipher suites cannot be configured when only TLS1.3 is enabled",
                    "cipher-suites",
                    "tls-min-version");
        }
        final String allowedCn = prefix.isEmpty() ? "" : flags.text("peer-cert-allowed-cn");
        final String allowedHost = flags.text(allowedHostname);
        if (!allowedCn.isEmpty() && !allowedHost.isEmpty()) {
            throw ExitException.critical(
                    "AllowedCN and AllowedHostname are mutually exclusive (cn=\"%s\", hostname=\"%s\")"
                                    .formatted(allowedCn, allowedHost)
                            + flags.places("peer-cert-allowed-cn", allowedHostname));
        }
        return new TlsSettings(
                flags.text(prefix + "cert-file"),
                flags.text(prefix + "key-file"),
                flags.text(prefix + "trusted-ca-file"),
                flags.isTrue(prefix + "client-cert-auth"),
                flags.text(prefix + "ca-file"),
                flags.text(crlFile),
                allowedCn,
                allowedHost,
                suites,
                minVersion,
                maxVersion,
                false);
    }

    private TlsVersion version(final String flag, final TlsVersion fallback) throws ExitException {
        final String text = flags.text(flag);
        try {
            return text.isEmpty() ? fallback : TlsVersion.parse(text);
        } catch (final IllegalArgumentException e) {
            throw flags.contradiction(e.getMessage(), flag);
        }
    }

    private List<String> suites() throws ExitException {
        final String text = flags.text("cipher-suites");
        if (text.isEmpty()) {
            return List.of();
        }
        try {
            return CipherSuites.parse(Arrays.asList(text.split(",", -1)));
        } catch (final IllegalArgumentException e) {
            throw ExitException.critical(e.getMessage() + flags.places("cipher-suites"));
        }
    }

    private void checkUse(
            final String prefix, final TlsSettings settings, final List<String> listenUrls)
            throws ExitException {
        final boolean isTls = listenUrls.stream().anyMatch(url -> url.startsWith("https://"));
        if (isTls && !settings.hasCertificate() && !flags.isTrue(prefix + "auto-tls")) {
            throw ExitException.critical(
                    NO_CERTIFICATE
                            + flags.places(
                                    prefix.isEmpty() ? "listen-client-urls" : "listen-peer-urls"));
        }
        final List<String> given =
                CERTIFICATE.stream()
                        .map(flag -> prefix + flag)
                        .filter(flags::isSet)
                        .filter(flag -> !List.of("", "false").contains(flags.text(flag)))
                        .toList();
        if (!isTls && !given.isEmpty()) {
            // As etcd: the certificates lie unused when all URLs are http.
            remarks.add(
                    Remark.warning(
                            "The scheme of the urls is http while -"
                                    + String.join(", -", given)
                                    + " is given. Ignored the TLS flags."));
        }
    }

    private boolean isAuto(final String prefix, final TlsSettings settings) {
        if (!flags.isTrue(prefix + "auto-tls")) {
            return false;
        }
        if (settings.hasCertificate()) {
            remarks.add(
                    Remark.warning(
                            "ignoring "
                                    + (prefix.isEmpty() ? "client" : "peer")
                                    + " auto TLS since certs given"));
            return false;
        }
        return true;
    }

    private int selfSignedYears() throws ExitException {
        final int years = (int) flags.number("self-signed-cert-validity", 100);
        if (years == 0) {
            throw ExitException.critical(
                    "selfSignedCertValidity is invalid,it should be greater than 0"
                            + flags.places("self-signed-cert-validity"));
        }
        return years;
    }
}
