package io.larch.tools.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Whom each package of the tools may know, of Larch and of Netty; only the server knows all. */
@AnalyzeClasses(packages = "io.larch.tools", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String TOOLS = "io.larch.tools.";

    @ArchTest static final ArchRule LOG_KNOWS_NOTHING_OF_LARCH = rule("log");

    @ArchTest
    static final ArchRule FLAGS_KNOW_THE_LOGS_LEVELS_TLS_AND_WHAT_MEMBERS_ARE =
            rule(
                    "flags",
                    // Lists of CPUs, and which there are.
                    TOOLS + "cpus",
                    TOOLS + "log",
                    // How a page of the manual is written.
                    TOOLS + "manual",
                    TOOLS + "tls",
                    "io.larch.engine.member",
                    "io.larch.engine.wal");

    @ArchTest
    static final ArchRule PROCESS_KNOWS_SOCKETS_AND_NO_FLAGS =
            rule(
                    "process",
                    "io.larch.transport..",
                    // How a ring's listeners read.
                    "io.larch.http.listen",
                    // The exception that tells of a removal.
                    "io.larch.engine",
                    "io.netty..");

    @ArchTest static final ArchRule CPUS_KNOW_HOW_A_START_FAILS = rule("cpus", TOOLS + "process");

    @ArchTest
    static final ArchRule DISCOVERY_KNOWS_WHAT_MEMBERS_ARE =
            rule("bootstrap.discovery", TOOLS + "client", "io.larch.engine.member");

    @ArchTest static final ArchRule CLIENT_KNOWS_NOTHING_OF_LARCH = rule("client");

    @ArchTest
    static final ArchRule BOOTSTRAP_KNOWS_NEITHER_ENGINE_NOR_EDGE =
            rule(
                    "bootstrap",
                    TOOLS + "bootstrap.discovery",
                    TOOLS + "client",
                    TOOLS + "flags",
                    TOOLS + "log",
                    TOOLS + "process",
                    "io.larch.engine.member",
                    "io.larch.engine.wal");

    @ArchTest
    static final ArchRule DOCTOR_KNOWS_FLAGS_AND_ASKS_AS_A_CLIENT =
            rule(
                    "doctor",
                    TOOLS + "client",
                    // Lists of CPUs.
                    TOOLS + "cpus",
                    TOOLS + "flags",
                    TOOLS + "process",
                    "io.larch.engine.member");

    @ArchTest
    static final ArchRule DUMP_KNOWS_THE_READERS_OF_FILES =
            rule(
                    "dump",
                    "io.larch.engine.application",
                    "io.larch.engine.codec",
                    "io.larch.engine.codec.kv",
                    "io.larch.engine.raft",
                    "io.larch.engine.snapshot",
                    "io.larch.engine.wal");

    @ArchTest
    static final ArchRule BACKUP_KNOWS_A_MEMBERS_FILES =
            rule(
                    "backup",
                    TOOLS + "client",
                    // The replay, and what it is told.
                    "io.larch.engine",
                    "io.larch.engine.archive",
                    "io.larch.engine.auth",
                    "io.larch.engine.disk",
                    "io.larch.engine.keys",
                    "io.larch.engine.kv",
                    "io.larch.engine.member",
                    "io.larch.engine.port",
                    "io.larch.engine.raft",
                    "io.larch.engine.segments",
                    "io.larch.engine.snapshot",
                    "io.larch.engine.wal");

    @ArchTest
    static final ArchRule TLS_KNOWS_THAT_OF_NETTY_AND_NOTHING_OF_LARCH =
            rule("tls", "io.netty.handler.ssl..", "io.netty.internal.tcnative");

    @ArchTest
    static final ArchRule STAT_KNOWS_THE_FILE_OF_COUNTERS = rule("stat", "io.larch.engine.stats");

    @ArchTest
    static final ArchRule ETCD_KNOWS_PROTOBUF_AND_JSON =
            rule(
                    "etcd",
                    TOOLS + "bolt",
                    TOOLS + "client",
                    TOOLS + "etcd.kv",
                    "io.larch.engine.codec.kv");

    @ArchTest static final ArchRule BOLT_KNOWS_NOTHING_OF_LARCH = rule("bolt");

    @ArchTest
    static final ArchRule ETCDS_V3_KEYS_KNOW_PROTOBUF_AND_BOLT =
            rule("etcd.kv", TOOLS + "bolt", "io.larch.engine.codec.kv");

    @ArchTest
    static final ArchRule TRANSFER_KNOWS_STORES_AS_CLIENTS_DO_AND_THE_FILES_OF_AN_ETCD =
            rule("transfer", TOOLS + "client", TOOLS + "etcd", TOOLS + "etcd.kv");

    @ArchTest
    static final ArchRule CTL_ASKS_AS_A_CLIENT_AND_KNOWS_NO_MEMBER =
            rule(
                    "ctl",
                    TOOLS + "client",
                    TOOLS + "backup",
                    // What can be copied from.
                    TOOLS + "etcd",
                    // How Go reads numbers; which Larch this is.
                    TOOLS + "flags",
                    // How much of it is heard.
                    TOOLS + "log",
                    TOOLS + "manual",
                    TOOLS + "tls",
                    // Copies of whole stores.
                    TOOLS + "transfer",
                    // The records of the DNS.
                    TOOLS + "bootstrap.discovery",
                    // Signals.
                    TOOLS + "process");

    @ArchTest
    static final ArchRule ONLY_THE_LAUNCHER_AND_THE_TRAINING_KNOW_THE_SERVER =
            classes()
                    .that()
                    .resideInAPackage(TOOLS + "server")
                    .should()
                    .onlyHaveDependentClassesThat()
                    .resideInAnyPackage(TOOLS + "server", TOOLS + "training");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_TRAINING =
            classes()
                    .that()
                    .resideInAPackage(TOOLS + "training")
                    .should()
                    .onlyHaveDependentClassesThat()
                    .resideInAPackage(TOOLS + "training");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_BUILD_AND_IT_KNOWS_WHAT_IT_WRITES =
            rule(
                    "build",
                    "io.larch.engine..",
                    TOOLS + "ctl",
                    TOOLS + "dump",
                    TOOLS + "flags",
                    TOOLS + "manual",
                    TOOLS + "stat");

    @ArchTest static final ArchRule THE_MANUAL_KNOWS_NOTHING_OF_LARCH = rule("manual");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.larch.tools.(**)").should().beFreeOfCycles();

    /** A package knows itself, libraries, and of Larch and Netty what is named. */
    private static ArchRule rule(final String room, final String... known) {
        final DescribedPredicate<JavaClass> others =
                resideInAnyPackage("io.larch..", "io.netty..")
                        .and(not(resideInAPackage(TOOLS + room)))
                        .and(not(resideInAnyPackage(known)));
        return noClasses()
                .that()
                .resideInAPackage(TOOLS + room)
                .should()
                .dependOnClassesThat(others);
    }
}
