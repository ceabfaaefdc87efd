package io.larch.tools.system;

import org.junit.jupiter.api.Tag;

/** The same when all of it comes through TLS. */
@Tag("slow")
@Tag("fused-only")
class BadInputOverTlsTest extends BadInputTest {
    @Override
    Servers newServers() {
        return Servers.overTls();
    }
}
