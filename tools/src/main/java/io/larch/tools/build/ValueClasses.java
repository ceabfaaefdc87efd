package io.larch.tools.build;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import net.openhft.chronicle.values.Values;

/**
 * Compiles the class that Chronicle Map would otherwise write and compile at every start of a
 * server, which takes it half a second and the whole Java compiler in memory. Chronicle looks for
 * such a class by name first.
 *
 * <p>Run with {@code -Dchronicle.values.dumpCode=true}, which makes Chronicle print the source.
 */
public final class ValueClasses {
    private static final Class<?> STATE = VanillaGlobalMutableState.class;
    private static final String SIMPLE_NAME = STATE.getSimpleName() + "$$Native";

    private ValueClasses() {}

    /**
     * Writes the class below a directory of classes, unless this version of Chronicle has written
     * it there already.
     *
     * @param arguments the directory of classes; a directory for the source.
     */
    public static void main(final String[] arguments) throws IOException, URISyntaxException {
        final Path classes = Path.of(arguments[0]);
        final Path packagePath = Path.of(STATE.getPackageName().replace('.', '/'));
        final Path compiled = classes.resolve(packagePath).resolve(SIMPLE_NAME + ".class");
        final Path sources = Path.of(arguments[1]).resolve(library());
        final Path source = sources.resolve(packagePath).resolve(SIMPLE_NAME + ".java");
        if (Files.exists(compiled) && Files.exists(source)) {
            return;
        }
        Files.deleteIfExists(compiled);
        Files.createDirectories(source.getParent());
        Files.writeString(source, generate());
        compile(source, classes);
    }

    /** The jar with the version of Chronicle in its name. */
    private static String library() throws URISyntaxException {
        return Path.of(STATE.getProtectionDomain().getCodeSource().getLocation().toURI())
                .getFileName()
                .toString();
    }

    private static String generate() {
        final PrintStream standardOut = System.out;
        final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Values.nativeClassFor(STATE);
        } finally {
            System.setOut(standardOut);
        }
        final String text = printed.toString(StandardCharsets.UTF_8);
        final int start = text.indexOf("package " + STATE.getPackageName() + ";");
        if (start < 0 || !text.contains("class " + SIMPLE_NAME)) {
            throw new IllegalStateException("Chronicle printed no " + SIMPLE_NAME + ":\n" + text);
        }
        return text.substring(start);
    }

    private static void compile(final Path source, final Path classes) {
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final List<String> arguments =
                List.of(
                        "-proc:none",
                        "-nowarn",
                        "-Xlint:none",
                        "--release",
                        "17",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        source.toString());
        final int status = compiler.run(null, null, null, arguments.toArray(String[]::new));
        if (status != 0) {
            throw new IllegalStateException("cannot compile " + source);
        }
    }
}
