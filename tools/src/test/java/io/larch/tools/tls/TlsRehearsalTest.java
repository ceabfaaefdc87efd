package io.larch.tools.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.http.tls.TlsRehearsal;
import io.larch.tools.tls.TestAuthority.Issue;
import io.larch.tools.tls.TestAuthority.Issued;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlsRehearsalTest {
    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldShakeHandsWithWhatListenersUse(final TlsEngine engine) throws Exception {
        assumeTrue(engine.isAvailable(), "needs " + engine);
        final TestAuthority authority = TestAuthority.create(directory, "authority");
        final Issued own = authority.issue(Issue.of("server").hosts("localhost"));

        assertEquals(TlsRehearsal.HANDSHAKES, rehearse(load(own, "", engine)));
    }

    /** As far as it goes: who shows no certificate is refused at the end, and that is all. */
    @ParameterizedTest
    @EnumSource
    void shouldTryWhereClientsHaveToShowWhoTheyAre(final TlsEngine engine) throws Exception {
        assumeTrue(engine.isAvailable(), "needs " + engine);
        final TestAuthority authority = TestAuthority.create(directory, "authority");
        final Issued own = authority.issue(Issue.of("server").hosts("localhost"));
        final TlsContexts contexts = load(own, authority.file(), engine);
        assertTrue(contexts.settings().demandsCertificates());

        assertEquals(0, rehearse(contexts));
    }

    private static int rehearse(final TlsContexts contexts) {
        return TlsRehearsal.run(contexts.http2Server().get(), contexts.believing());
    }

    private static TlsContexts load(
            final Issued own, final String authorities, final TlsEngine engine) throws Exception {
        return TlsContexts.load(
                "clientTLS", TlsSettings.files(own.cert(), own.key(), authorities), engine);
    }
}
