package io.larch.tools.system;

import io.larch.tools.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** What members need to speak TLS to each other: an authority, and a certificate for all. */
public final class PeerCertificates {
    private final TestAuthority authority;
    private final TestAuthority.Issued issued;

    private PeerCertificates(final TestAuthority authority, final TestAuthority.Issued issued) {
        this.authority = authority;
        this.issued = issued;
    }

    /**
     * @param hosts addresses that the certificate is for.
     */
    public static PeerCertificates make(final Path directory, final String... hosts)
            throws IOException, GeneralSecurityException {
        final TestAuthority authority =
                TestAuthority.create(Files.createDirectories(directory), "peers");
        return new PeerCertificates(
                authority, authority.issue(TestAuthority.Issue.of("member").addresses(hosts)));
    }

    /** The certificate, its key, and the authority that everybody's must be of. */
    public List<String> flags() {
        return List.of(
                "--peer-cert-file",
                issued.cert(),
                "--peer-key-file",
                issued.key(),
                "--peer-trusted-ca-file",
                authority.file(),
                "--peer-client-cert-auth");
    }

    /** These and further flags. */
    public String[] flagsAnd(final String... more) {
        final List<String> all = new ArrayList<>(flags());
        all.addAll(List.of(more));
        return all.toArray(new String[0]);
    }

    String authorityFile() {
        return authority.file();
    }

    String cert() {
        return issued.cert();
    }

    String key() {
        return issued.key();
    }
}
