package io.larch.tools.upgrade;

import io.larch.tools.server.NewerServer;
import io.larch.tools.server.OlderServer;
import io.larch.tools.system.ClusterMember;
import java.io.IOException;

/** The builds that members of a test are of, from their next starts on. */
final class Builds {
    static final String SERVER = "io.larch.tools.server.LarchServer";

    private Builds() {}

    /** This build, which is the older one for a {@link #newer} one. */
    static ClusterMember present(final ClusterMember member) throws IOException {
        return member.build(classPath(), SERVER);
    }

    /** A build that knows one more application. */
    static ClusterMember newer(final ClusterMember member) throws IOException {
        return member.build(classPath(), NewerServer.class.getName());
    }

    /** A build before this one, which knows no users. */
    static ClusterMember older(final ClusterMember member) throws IOException {
        return member.build(classPath(), OlderServer.class.getName());
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }
}
