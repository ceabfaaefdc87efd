package io.larch.tools.tls;

import java.util.List;

/** The cipher suites of TLS 1.2 that may be asked for, of those that Go knows. */
public final class CipherSuites {
    private static final List<String> KNOWN =
            List.of(
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                    "TLS_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_RSA_WITH_AES_128_CBC_SHA",
                    "TLS_RSA_WITH_AES_256_CBC_SHA");

    /** Go's shorter names of two of them. */
    private static final String SHORT_CHACHA = "_CHACHA20_POLY1305";

    private CipherSuites() {}

    /**
     * Checks names.
     *
     * @throws IllegalArgumentException naming the first that is not known, in etcd's words.
     */
    public static List<String> parse(final List<String> names) {
        return names.stream().map(CipherSuites::known).toList();
    }

    private static String known(final String name) {
        final String full = name.endsWith(SHORT_CHACHA) ? name + "_SHA256" : name;
        if (!KNOWN.contains(full)) {
            throw new IllegalArgumentException("unexpected TLS cipher suite \"" + name + "\"");
        }
        return full;
    }
}
