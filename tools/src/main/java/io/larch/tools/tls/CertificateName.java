package io.larch.tools.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Whom a certificate names, by the rules of Go's x509: common name, hosts, addresses. */
final class CertificateName {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private CertificateName() {}

    /** The subject's common name; empty when there is none. */
    static String commonName(final X509Certificate certificate) {
        try {
            final List<Rdn> names =
                    new LdapName(certificate.getSubjectX500Principal().getName()).getRdns();
            for (int i = names.size() - 1; i >= 0; i--) {
                if (names.get(i).getType().equalsIgnoreCase("CN")) {
                    return names.get(i).getValue().toString();
                }
            }
        } catch (final InvalidNameException e) {
            return "";
        }
        return "";
    }

    /**
     * Whether it is for the host: among its alternative names, where {@code *} stands for a first
     * label. The common name does not count, as in Go since 1.17.
     */
    static boolean isFor(final String host, final X509Certificate certificate)
            throws CertificateException {
        final String address = host.startsWith("[") ? host.replaceAll("[\\[\\]]", "") : host;
        final boolean isAddress = address.indexOf(':') >= 0 || address.matches("[0-9.]+");
        try {
            final Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return false;
            }
            for (final List<?> name : names) {
                final int kind = (Integer) name.get(0);
                final boolean isSame =
                        isAddress
                                ? kind == IP_ADDRESS && isSameAddress(address, (String) name.get(1))
                                : kind == DNS_NAME && matches((String) name.get(1), host);
                if (isSame) {
                    return true;
                }
            }
            return false;
        } catch (final CertificateParsingException e) {
            throw new CertificateException("x509: malformed alternative names", e);
        }
    }

    private static boolean isSameAddress(final String one, final String other) {
        try {
            // Literals: nothing is looked up.
            return InetAddress.getByName(one).equals(InetAddress.getByName(other));
        } catch (final UnknownHostException e) {
            return false;
        }
    }

    private static boolean matches(final String pattern, final String host) {
        final String lowerPattern = withoutDot(pattern.toLowerCase(Locale.ROOT));
        final String lowerHost = withoutDot(host.toLowerCase(Locale.ROOT));
        if (!lowerPattern.startsWith("*.")) {
            return lowerPattern.equals(lowerHost);
        }
        final int dot = lowerHost.indexOf('.');
        return dot > 0 && lowerHost.substring(dot).equals(lowerPattern.substring(1));
    }

    private static String withoutDot(final String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
