package io.larch.tools.system;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;

/** The same when all of it comes through TLS. */
@Order(Integer.MAX_VALUE - 1)
@Tag("slow")
@Tag("fused-only")
class BadInputOverTlsTest extends BadInputTest {
    @Override
    Servers newServers() {
        return Servers.overTls();
    }
}
