/**
 * TLS from files: certificates, keys, authorities and revocation lists in PEM become contexts, of
 * which every new connection takes the newest; the files are looked at again while the member runs.
 *
 * <p>Thread: contexts are given to any thread; files are read at the start and by {@code
 * larch-certificates} afterwards.
 *
 * <p>May know: Netty's TLS, BoringSSL by it, the JDK's; nothing of Larch.
 *
 * <p>Read first: {@link io.larch.tools.tls.TlsContexts}.
 */
package io.larch.tools.tls;
