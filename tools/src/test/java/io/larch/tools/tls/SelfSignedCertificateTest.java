package io.larch.tools.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfSignedCertificateTest {
    @TempDir Path directory;

    @Test
    void shouldMakeOneForTheHostsAndKeepItFromThenOn() throws Exception {
        final Path place = directory.resolve("fixtures").resolve("client");
        final TlsSettings settings = add(place);
        assertEquals(place.resolve("cert.pem").toString(), settings.certFile());
        assertTrue(settings.isSelfSigned());
        final X509Certificate made = PemFile.read(settings.certFile()).certificates().get(0);
        assertTrue(CertificateName.isFor("127.0.0.1", made));
        assertTrue(CertificateName.isFor("::1", made));
        assertTrue(CertificateName.isFor("a.example", made));
        made.checkValidity(new Date(System.currentTimeMillis() + Duration.ofDays(729).toMillis()));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(place.resolve("key.pem"))));

        final byte[] before = Files.readAllBytes(place.resolve("cert.pem"));
        assertEquals(settings, add(place));
        assertEquals(new String(before), new String(Files.readAllBytes(place.resolve("cert.pem"))));
        TlsContexts.load("clientTLS", settings, TlsEngine.choose()).server().get();
    }

    @Test
    void shouldReplaceNothingWhenOneOfTheFilesIsGone() throws Exception {
        add(directory);
        Files.delete(directory.resolve("cert.pem"));
        final String key = Files.readString(directory.resolve("key.pem"));
        final TlsFileException refusal = assertThrows(TlsFileException.class, () -> add(directory));
        assertTrue(
                refusal.getMessage().startsWith(directory.resolve("key.pem") + " is there without"),
                refusal::getMessage);
        assertEquals(key, Files.readString(directory.resolve("key.pem")));
    }

    private static TlsSettings add(final Path place) throws TlsFileException {
        return SelfSignedCertificate.add(
                TlsSettings.NONE, place, List.of("127.0.0.1", "::1", "a.example"), 2);
    }
}
