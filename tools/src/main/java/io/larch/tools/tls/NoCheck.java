package io.larch.tools.tls;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Believes everybody, among members that each made a certificate for themselves. */
final class NoCheck extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(
            final X509Certificate[] chain, final String authType, final SSLEngine engine) {}

    @Override
    public void checkClientTrusted(
            final X509Certificate[] chain, final String authType, final Socket socket) {}

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String authType) {}

    @Override
    public void checkServerTrusted(
            final X509Certificate[] chain, final String authType, final SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
            final X509Certificate[] chain, final String authType, final Socket socket) {}

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
