package io.larch.tools.server;

import io.larch.tools.tls.TlsContexts;
import io.larch.transport.tcp.TlsEngines;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLEngine;

/** The TLS of what members say to each other, by the newest good reading of the files. */
record PeerEngines(TlsContexts contexts) implements TlsEngines {
    @Override
    public SSLEngine dial(final String host, final int port) {
        return contexts.client(PROTOCOL).newEngine(ByteBufAllocator.DEFAULT, host, port);
    }

    @Override
    public SSLEngine accept() {
        return contexts.server(PROTOCOL).newEngine(ByteBufAllocator.DEFAULT);
    }

    /** BoringSSL's memory is not the Java machine's. */
    @Override
    public void release(final SSLEngine engine) {
        ReferenceCountUtil.release(engine);
    }
}
