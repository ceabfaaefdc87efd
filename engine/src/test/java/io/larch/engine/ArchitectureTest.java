package io.larch.engine;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/**
 * Which room of the engine may know which: one rule a room. All of them may know the settings and
 * the log lines of a member, which stand in the face; only the face and the loop know how the rooms
 * hang together.
 */
@AnalyzeClasses(packages = "io.larch.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ENGINE = "io.larch.engine.";

    /** Of the face, what rooms inside may know. */
    private static final Class<?>[] SETTINGS = {
        EngineContext.class, EngineLog.class, IdleWait.class, MemberRemovedException.class
    };

    /** What the state that is replicated must not be able to look at. */
    private static final String[] OUTSIDE = {
        "java.io..",
        "java.net..",
        "java.nio.channels..",
        "java.nio.file..",
        "java.time..",
        "java.util.concurrent..",
        "org.slf4j.."
    };

    private static final String[] REPLICATED = {
        ENGINE + "raft..",
        ENGINE + "keys..",
        ENGINE + "mvcc..",
        ENGINE + "memory..",
        ENGINE + "kv..",
        ENGINE + "auth..",
        ENGINE + "lease..",
        ENGINE + "application..",
        ENGINE + "codec.."
    };

    @ArchTest static final ArchRule CODEC = room("codec");

    @ArchTest static final ArchRule MEMORY = room("memory");

    @ArchTest static final ArchRule CODEC_KV = room("codec.kv", "codec");

    @ArchTest static final ArchRule RAFT = room("raft");

    @ArchTest static final ArchRule DISK = room("disk");

    @ArchTest static final ArchRule ARCHIVE = room("archive", "disk");

    @ArchTest static final ArchRule APPLICATION = room("application", "codec");

    @ArchTest static final ArchRule PORT = room("port", "codec", "raft");

    @ArchTest static final ArchRule STATS = room("stats", "codec", "raft");

    @ArchTest static final ArchRule WAL = room("wal", "archive", "disk", "raft");

    @ArchTest static final ArchRule TREE = room("keys.tree", "application", "codec", "memory");

    @ArchTest static final ArchRule WATCH = room("keys.watch", "keys.tree", "application", "codec");

    @ArchTest
    static final ArchRule KEYS = room("keys", "keys.tree", "keys.watch", "application", "codec");

    @ArchTest static final ArchRule LEASE = room("lease", "codec");

    @ArchTest static final ArchRule MVCC = room("mvcc", "codec.kv", "memory");

    @ArchTest static final ArchRule SEGMENTS = room("segments", "mvcc", "disk");

    @ArchTest static final ArchRule KV_WATCH = room("kv.watch", "mvcc", "application", "codec.kv");

    @ArchTest
    static final ArchRule KV =
            room("kv", "kv.watch", "mvcc", "lease", "application", "codec", "codec.kv");

    @ArchTest static final ArchRule AUTH = room("auth", "application", "codec", "port");

    @ArchTest static final ArchRule MEMBER = room("member", "port", "raft", "wal");

    @ArchTest
    static final ArchRule APPLY =
            room("apply", "application", "codec", "member", "port", "raft", "stats");

    @ArchTest
    static final ArchRule SNAPSHOT =
            room(
                    "snapshot",
                    "application",
                    "apply",
                    "archive",
                    "disk",
                    "member",
                    "port",
                    "raft",
                    "wal");

    @ArchTest
    static final ArchRule PEER = room("peer", "member", "port", "raft", "snapshot", "stats", "wal");

    @ArchTest
    static final ArchRule REQUEST =
            room(
                    "request",
                    "application",
                    "apply",
                    "codec",
                    "member",
                    "peer",
                    "port",
                    "raft",
                    "stats",
                    "wal");

    /** The loop knows the rooms; nobody but the face knows the loop. */
    @ArchTest
    static final ArchRule LOOP =
            noClasses()
                    .that(
                            resideInAPackage("io.larch.engine..")
                                    .and(
                                            not(
                                                    resideInAnyPackage(
                                                            "io.larch.engine", ENGINE + "loop"))))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(ENGINE + "loop");

    /** Who deploys the engine sees its face and its ports. */
    @ArchTest
    static final ArchRule NOTHING_AROUND_THE_ENGINE =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "io.larch.http..",
                            "io.larch.transport..",
                            "io.larch.tools..",
                            "io.larch.bench..",
                            "io.netty..",
                            "io.aeron..");

    @ArchTest
    static final ArchRule WHAT_STANDS_ALONE_KNOWS_NO_SETTINGS =
            noClasses()
                    .that()
                    .resideInAnyPackage(REPLICATED)
                    .or()
                    .resideInAnyPackage(
                            ENGINE + "wal", ENGINE + "archive", ENGINE + "disk", ENGINE + "stats")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.larch.engine");

    @ArchTest
    static final ArchRule RAFT_AND_CODEC_NEED_NO_OTHER_LIBRARY =
            classes()
                    .that()
                    .resideInAnyPackage(ENGINE + "raft", ENGINE + "codec..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "java..", "org.agrona..", ENGINE + "raft", ENGINE + "codec..");

    @ArchTest
    static final ArchRule WHAT_IS_REPLICATED_CANNOT_LOOK_OUTSIDE =
            noClasses()
                    .that()
                    .resideInAnyPackage(REPLICATED)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(OUTSIDE);

    @ArchTest
    static final ArchRule WHAT_IS_REPLICATED_IS_TOLD_THE_TIME =
            noClasses()
                    .that()
                    .resideInAnyPackage(REPLICATED)
                    .should()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(Math.class, "random")
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(Thread.class);

    /** The room knows itself, the rooms named, the settings, and what is not the engine's. */
    private static ArchRule room(final String name, final String... known) {
        final String[] packages =
                Stream.concat(Stream.of(name), Stream.of(known))
                        .map(each -> ENGINE + each)
                        .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(ENGINE + name)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(packages)
                                .or(belongToAnyOf(SETTINGS))
                                .or(not(resideInAPackage("io.larch.engine.."))))
                .because("that is where the arrows of the architecture go");
    }
}
