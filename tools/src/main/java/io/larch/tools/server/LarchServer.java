package io.larch.tools.server;

import io.larch.engine.MemberRemovedException;
import io.larch.tools.bootstrap.DataDirectory;
import io.larch.tools.bootstrap.FirstStart;
import io.larch.tools.bootstrap.Identity;
import io.larch.tools.bootstrap.ProxyCluster;
import io.larch.tools.bootstrap.discovery.JndiSrvLookup;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.Remark;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.log.LarchLoggerFactory;
import io.larch.tools.process.FileLimit;
import io.larch.tools.process.NameCache;
import io.larch.tools.process.Signals;
import io.larch.tools.process.StartupException;
import io.larch.tools.process.SystemdNotifier;
import io.larch.tools.process.SystemdWatchdog;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server process: reads its flags, starts a member or a proxy, and stops it when told to or
 * when it fails.
 *
 * <p>Exit status: 0 after help, or when the member was removed from its cluster; 1 when it cannot
 * start or fails; 2 for a flag that cannot be read; 143 or 130 after SIGTERM or SIGINT.
 */
public final class LarchServer {
    private static final Logger LOG = LoggerFactory.getLogger(LarchServer.class);
    private static final int FAILED = 1;

    private final Build build;
    private final AtomicReference<Signals.Kind> signal = new AtomicReference<>();
    private final CompletableFuture<Optional<Throwable>> stop = new CompletableFuture<>();

    /** While nothing is open that would have to be closed; a discovery may take hours. */
    private volatile boolean isLookingAround = true;

    private LarchServer(final Build build) {
        this.build = build;
    }

    /** Runs until the member stops. */
    public static void main(final String[] arguments) {
        main(arguments, Build.LARCHD);
    }

    static void main(final String[] arguments, final Build build) {
        NameCache.disable();
        if (arguments.length > 0 && arguments[0].equals(DoctorCommand.NAME)) {
            final List<String> flags = List.of(arguments).subList(1, arguments.length);
            System.exit(new DoctorCommand(System.out, System.err).run(flags, System.getenv()));
        }
        final LarchServer server = new LarchServer(build);
        final int status = server.run(List.of(arguments), System.getenv());
        loggers().flush();
        final Signals.Kind endedBy = server.signal.get();
        if (endedBy != null) {
            Signals.endBy(endedBy);
        }
        System.exit(status);
    }

    private int run(final List<String> arguments, final Map<String, String> environment) {
        final LarchFlags flags = new LarchFlags(environment);
        final ServerConfig config;
        try {
            config = flags.parse(arguments);
            if (flags.isCheck()) {
                return new ConfigCheck(flags, System.out).of(config);
            }
        } catch (final ExitException e) {
            if (flags.isCheck()) {
                return new ConfigCheck(flags, System.out).failed(e);
            }
            flags.remarks().forEach(LarchServer::log);
            return end(e);
        }
        setLevels(config.logging());
        try {
            loggers().redirect(config.logging().target());
        } catch (final IOException e) {
            LOG.error("error verifying flags, {}. See 'larchd --help'.", e.getMessage());
            return FAILED;
        }
        flags.remarks().forEach(LarchServer::log);
        return start(config);
    }

    private int start(final ServerConfig config) {
        final StartupLog startup = new StartupLog(config);
        startup.versions();
        Signals.onSignal(this::onSignal);
        try {
            FileLimit.check(FileLimit.current());
            final MemberTls tls = MemberTls.load(config);
            if (isProxy(config, startup)) {
                return forward(config, tls);
            }
            startup.settings();
            final Optional<Identity> identity = identity(config, tls, startup);
            if (identity.isEmpty()) {
                return forward(config, tls);
            }
            isLookingAround = false;
            new DataDirectory(config.storage()).prepare();
            return serve(LarchAssembly.launch(config, identity.get(), tls, build));
        } catch (final ExitException e) {
            return end(e);
        } catch (final StartupException e) {
            LOG.error(StartupLog.CRITICAL, e.getMessage());
            LOG.debug("cause", e);
            return FAILED;
        } catch (final MemberRemovedException e) {
            return removed();
        } catch (final RuntimeException | Error e) {
            LOG.error(StartupLog.CRITICAL, "cannot go on", e);
            return FAILED;
        }
    }

    /** What a data directory has been before, it stays. */
    private static boolean isProxy(final ServerConfig config, final StartupLog startup) {
        final DataDirectory data = new DataDirectory(config.storage());
        if (data.isOfProxy()) {
            startup.alreadyProxy();
            return true;
        }
        return config.proxy().mode() != ServerConfig.ProxyMode.OFF && !data.hasMember();
    }

    private static Optional<Identity> identity(
            final ServerConfig config, final MemberTls tls, final StartupLog startup)
            throws ExitException {
        Listeners.checkFree(config.urls());
        if (new DataDirectory(config.storage()).hasMember()) {
            startup.alreadyInitialized();
            return Optional.of(Identity.known(config));
        }
        return new FirstStart(config, new JndiSrvLookup(), tls.toPeers().get()).identity();
    }

    private int forward(final ServerConfig config, final MemberTls tls) throws ExitException {
        LOG.info(StartupLog.NOTICE, "proxy: this proxy supports v2 API only!");
        final MemberTls ofProxy = tls.ofProxy(config);
        final ProxyCluster cluster =
                ProxyCluster.find(config, new JndiSrvLookup(), ofProxy.toPeers());
        isLookingAround = false;
        return serve(RunningProxy.start(config, cluster, ofProxy));
    }

    private int serve(final RunningMember member) {
        final SystemdNotifier systemd = new SystemdNotifier(System.getenv("NOTIFY_SOCKET"));
        systemd.ready();
        SystemdWatchdog.start(System.getenv(), systemd, member::pulse);
        final Thread watcher = new Thread(() -> watch(member), "larch-watch");
        watcher.setDaemon(true);
        watcher.start();
        final Optional<Throwable> failure = stop.join();
        systemd.stopping();
        final boolean isRemoved =
                failure.filter(MemberRemovedException.class::isInstance).isPresent();
        if (failure.isPresent() && !isRemoved) {
            LOG.error(StartupLog.CRITICAL, "member stops: {}", failure.get(), failure.get());
        }
        member.close();
        if (isRemoved) {
            return removed();
        }
        return failure.isPresent() ? FAILED : 0;
    }

    /** As etcd does: not an error of the process. */
    private static int removed() {
        LOG.error("the member has been permanently removed from the cluster");
        LOG.error("the data-dir used by this member must be removed.");
        return 0;
    }

    private void watch(final RunningMember member) {
        try {
            stop.complete(Optional.ofNullable(member.awaitFailure()));
        } catch (final InterruptedException e) {
            stop.complete(Optional.empty());
        } catch (final RuntimeException | Error e) {
            stop.complete(Optional.of(e));
        }
    }

    /**
     * On the JVM's signal thread. The main thread is not interrupted, which would close the files
     * it works with. A second signal does not wait for the orderly stop.
     */
    private void onSignal(final Signals.Kind kind) {
        if (!signal.compareAndSet(null, kind)) {
            Runtime.getRuntime().halt(kind.status());
        }
        LOG.info(StartupLog.NOTICE, "received {} signal, shutting down...", kind.word());
        if (isLookingAround) {
            loggers().flush();
            Signals.endBy(kind);
        }
        stop.complete(Optional.empty());
    }

    private static void setLevels(final ServerConfig.Logging logging) {
        loggers().level(logging.level());
        loggers().packageLevels(logging.packageLevels());
    }

    private static int end(final ExitException e) {
        print(System.out, e.standardOut());
        print(System.err, e.standardError());
        e.remarks().forEach(LarchServer::log);
        return e.status();
    }

    private static void print(final PrintStream stream, final String text) {
        stream.print(text);
        stream.flush();
    }

    private static void log(final Remark remark) {
        switch (remark.level()) {
            case CRITICAL -> LOG.error(StartupLog.CRITICAL, remark.text());
            case ERROR -> LOG.error(remark.text());
            case WARNING -> LOG.warn(remark.text());
            case NOTICE -> LOG.info(StartupLog.NOTICE, remark.text());
            case INFO -> LOG.info(remark.text());
            default -> LOG.debug(remark.text());
        }
    }

    /** The log behind slf4j, for setting levels while running. */
    static LarchLoggerFactory loggers() {
        return (LarchLoggerFactory) LoggerFactory.getILoggerFactory();
    }
}
