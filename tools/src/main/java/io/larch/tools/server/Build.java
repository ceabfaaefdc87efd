package io.larch.tools.server;

import io.larch.engine.EngineContext;
import io.larch.http.RequestPorts;

/**
 * What a member is made of beyond what its flags say. Larchd adds nothing; the tests of upgrades
 * make a newer build of it.
 */
interface Build {
    /** Larchd's own. */
    Build LARCHD = new Build() {};

    /** The engine with further applications behind its own, and the feature level they need. */
    default EngineContext engine(final EngineContext context) {
        return context;
    }

    /** The edge's ways into the engine, with those of further applications' clients. */
    default RequestPorts ports(final RequestPorts ports) {
        return ports;
    }
}
