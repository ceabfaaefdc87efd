package io.larch.tools.ctl;

import io.larch.tools.bootstrap.discovery.JndiSrvLookup;
import io.larch.tools.flags.LarchVersion;
import io.larch.tools.manual.CommandPage;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** The page larchctl(1) of the manual, from the commands as the program has them. */
public final class ClientManual {
    private ClientManual() {}

    /** The page in roff. */
    public static String page() {
        final PrintWriter nowhere = new PrintWriter(new StringWriter());
        final CommandLine root =
                Larchctl.commandLine(
                        new Session(
                                InputStream.nullInputStream(),
                                nowhere,
                                nowhere,
                                name -> null,
                                new JndiSrvLookup()));
        return CommandPage.of(
                root,
                LarchVersion.larch(),
                "keys, members, users and roles of a cluster of Larch or etcd",
                "larchd(8)");
    }
}
