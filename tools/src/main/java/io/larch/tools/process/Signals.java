package io.larch.tools.process;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * SIGTERM and SIGINT. The JDK's class for them stands outside the Java platform, and javac warns
 * about every use; it is reached by name instead.
 */
public final class Signals {
    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";

    private static final long KILL_TIMEOUT_MS = 1_000;

    private Signals() {}

    /** Which signal came. */
    public enum Kind {
        TERM("terminated", 143),
        INT("interrupt", 130);

        private final String word;
        private final int status;

        Kind(final String word, final int status) {
            this.word = word;
            this.status = status;
        }

        /** As Go names the signal. */
        public String word() {
            return word;
        }

        /** What a shell reports of a process that the signal ended. */
        public int status() {
            return status;
        }
    }

    /**
     * Calls a handler, on a thread of the JVM's, for every such signal from now on.
     *
     * @throws IllegalStateException if this JVM has no signals.
     */
    public static void onSignal(final Consumer<Kind> handler) {
        for (final Kind kind : Kind.values()) {
            try {
                final Class<?> handlerType = Class.forName(HANDLER);
                final Object proxy =
                        Proxy.newProxyInstance(
                                Signals.class.getClassLoader(),
                                new Class<?>[] {handlerType},
                                (self, method, arguments) -> {
                                    if (method.getName().equals("handle")) {
                                        handler.accept(kind);
                                    }
                                    return null;
                                });
                handle(kind, proxy);
            } catch (final ReflectiveOperationException e) {
                throw new IllegalStateException("no signals in this JVM", e);
            }
        }
    }

    /**
     * Ends the process by the signal itself, as etcd does, so that whoever waits for it sees what
     * it sent. The first process of a container cannot be ended so and exits with 0.
     */
    public static void endBy(final Kind kind) {
        if (ProcessHandle.current().pid() == 1) {
            Runtime.getRuntime().halt(0);
        }
        try {
            handle(kind, Class.forName(HANDLER).getField("SIG_DFL").get(null));
            send(kind.name());
        } catch (final ReflectiveOperationException | IOException | InterruptedException e) {
            // What a shell reports is the same.
        }
        Runtime.getRuntime().halt(kind.status());
    }

    /** Ends the process at once, without anything that a JVM does at its end. */
    public static void kill() throws IOException, InterruptedException {
        send("KILL");
    }

    /** Java raises only signals that it handles itself, so a shell has to. */
    private static void send(final String signal) throws IOException, InterruptedException {
        new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + ProcessHandle.current().pid())
                .start()
                .waitFor(KILL_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        Thread.sleep(KILL_TIMEOUT_MS);
    }

    private static void handle(final Kind kind, final Object handler)
            throws ReflectiveOperationException {
        final Method handle =
                Class.forName(SIGNAL)
                        .getMethod("handle", Class.forName(SIGNAL), Class.forName(HANDLER));
        try {
            handle.invoke(null, signal(kind), handler);
        } catch (final InvocationTargetException e) {
            throw new IllegalStateException("signal " + kind + " cannot be handled", e);
        }
    }

    private static Object signal(final Kind kind) throws ReflectiveOperationException {
        return Class.forName(SIGNAL).getConstructor(String.class).newInstance(kind.name());
    }
}
