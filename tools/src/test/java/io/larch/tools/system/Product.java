package io.larch.tools.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;

/** Whose server a test runs against: what a test says about Larch should also be true of etcd. */
public enum Product {
    LARCH {
        @Override
        public ServerProcess start(final Servers servers) throws IOException {
            return servers.larch("--event-history", "1000").start();
        }
    },
    ETCD {
        @Override
        public ServerProcess start(final Servers servers) throws IOException {
            assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
            return servers.etcd().start();
        }
    };

    /** A server of it that answers. */
    public abstract ServerProcess start(Servers servers) throws IOException;
}
