package io.larch.transport.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What each package of the transport may know; a package that is not named knows only itself. */
@AnalyzeClasses(
        packages = "io.larch.transport",
        importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String ROOT = "io.larch.transport";
    private static final String FRAME = ROOT + ".frame";
    private static final String ADDRESS = ROOT + ".address";
    private static final String PEER = ROOT + ".peer";
    private static final String AERON = ROOT + ".aeron";
    private static final String TCP = ROOT + ".tcp";
    private static final String MIXED = ROOT + ".mixed";

    private static final String ENGINE_FACE = "io.larch.engine";
    private static final String ENGINE_PORT = "io.larch.engine.port";
    private static final String RAFT_MESSAGES = "io.larch.engine.raft";

    private static ArchRule room(final String name, final String... known) {
        return classes()
                .that()
                .resideInAPackage(name)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(known);
    }

    @ArchTest
    static final ArchRule ROOT_KNOWS_THE_ENGINES_WAIT =
            room(ROOT, ROOT, ENGINE_FACE, "java..", "org.agrona..");

    @ArchTest
    static final ArchRule FRAME_IS_NEUTRAL =
            room(
                    FRAME,
                    FRAME,
                    ROOT,
                    ENGINE_PORT,
                    RAFT_MESSAGES,
                    "java.lang..",
                    "java.nio",
                    "java.nio.charset",
                    "java.util..",
                    "org.agrona..");

    @ArchTest
    static final ArchRule ADDRESS_STANDS_ALONE =
            room(ADDRESS, ADDRESS, "java.lang..", "java.net", "java.util..");

    @ArchTest
    static final ArchRule PEER_IS_NEUTRAL =
            room(
                    PEER,
                    PEER,
                    FRAME,
                    ADDRESS,
                    ROOT,
                    ENGINE_PORT,
                    "java.lang..",
                    "java.util..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule AERON_KNOWS_THE_NEUTRAL_ROOMS =
            room(
                    AERON,
                    AERON,
                    PEER,
                    FRAME,
                    ADDRESS,
                    ROOT,
                    ENGINE_PORT,
                    RAFT_MESSAGES,
                    "java..",
                    "org.agrona..",
                    "org.slf4j..",
                    "io.aeron..");

    @ArchTest
    static final ArchRule TCP_KNOWS_THE_NEUTRAL_ROOMS =
            room(
                    TCP,
                    TCP,
                    PEER,
                    FRAME,
                    ADDRESS,
                    ROOT,
                    ENGINE_PORT,
                    RAFT_MESSAGES,
                    "java..",
                    "javax.net.ssl",
                    "org.agrona..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule MIXED_KNOWS_NEITHER_TRANSPORT =
            room(
                    MIXED,
                    MIXED,
                    PEER,
                    ENGINE_PORT,
                    RAFT_MESSAGES,
                    "java.lang..",
                    "java.util..",
                    "org.agrona..");
}
