package io.larch.tools.flags;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** Which Larch this is, and which etcd it behaves like. */
public final class LarchVersion {
    /** Reported to clients, which decide by it what they may ask. */
    static final String ETCD = "2.3.8";

    /** What clients are told unless the operator says otherwise. */
    static final String ANNOUNCED = "3.4.23";

    private LarchVersion() {}

    /** Larch's own version. */
    public static String larch() {
        try (InputStream in = LarchVersion.class.getResourceAsStream("version.properties")) {
            final Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of --version, which also open the log. */
    public static List<String> lines() {
        return List.of(
                "larchd Version: " + larch(),
                "etcd Version: " + ETCD,
                "Java Version: " + Runtime.version(),
                "Java OS/Arch: "
                        + System.getProperty("os.name").toLowerCase(Locale.ROOT)
                        + "/"
                        + System.getProperty("os.arch"));
    }

    /** What --version prints. */
    static String text() {
        return String.join("\n", lines()) + "\n";
    }
}
