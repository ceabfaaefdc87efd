package io.larch.tools.system;

import org.junit.jupiter.api.Tag;

/** The same when all of it comes through TLS. */
@Tag("slow")
class BadInputOverTlsTest extends BadInputTest {
    BadInputOverTlsTest() {
        super(Servers.overTls());
    }
}
