package io.larch.tools.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** Whose TLS is spoken. */
public enum TlsEngine {
    /** By its own library, with less work; without Ed25519, for which the JDK stands in. */
    BORINGSSL(SslProvider.OPENSSL, "BoringSSL"),
    /** Everywhere. */
    JDK(SslProvider.JDK, "the JDK");

    /** Forces one of both, by its name. */
    static final String PROPERTY = "larch.tls.engine";

    private final SslProvider provider;
    private final String text;

    TlsEngine(final SslProvider provider, final String text) {
        this.provider = provider;
        this.text = text;
    }

    /**
     * BoringSSL where it loads, else the JDK's; or the one that the system property {@code
     * larch.tls.engine} names.
     */
    public static TlsEngine choose() {
        final String forced = System.getProperty(PROPERTY, "");
        if (!forced.isEmpty()) {
            return valueOf(forced);
        }
        return BORINGSSL.isAvailable() ? BORINGSSL : JDK;
    }

    /** Whether it runs on this machine. */
    public boolean isAvailable() {
        return this == JDK || OpenSsl.isAvailable();
    }

    SslProvider provider() {
        return provider;
    }

    /** For the log. */
    @Override
    public String toString() {
        return text;
    }
}
