package io.larch.tools.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which part of the engine may know which. The other modules have rules of their own. */
@AnalyzeClasses(packages = "io.larch", importOptions = ImportOption.DoNotIncludeTests.class)
class DependencyTest {
    /** They know nothing of the engine around them; the other parts know its face, too. */
    private static final String[] INSIDE_OF_ENGINE = {
        "io.larch.engine.raft..",
        "io.larch.engine.keys..",
        "io.larch.engine.wal..",
        "io.larch.engine.stats..",
        "io.larch.engine.codec..",
        "io.larch.engine.disk..",
        "io.larch.engine.application.."
    };

    @ArchTest
    static final ArchRule ENGINE_KNOWS_NOTHING_AROUND_IT =
            noClasses()
                    .that()
                    .resideInAPackage("io.larch.engine..")
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
    static final ArchRule PARTS_OF_THE_ENGINE_DO_NOT_KNOW_THE_LOOP =
            classes()
                    .that()
                    .resideInAPackage("io.larch.engine.loop..")
                    .should()
                    .onlyHaveDependentClassesThat()
                    .resideInAnyPackage("io.larch.engine", "io.larch.engine.loop..");

    @ArchTest
    static final ArchRule INNER_PARTS_DO_NOT_KNOW_THE_FACE =
            noClasses()
                    .that()
                    .resideInAnyPackage(INSIDE_OF_ENGINE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.larch.engine");

    @ArchTest
    static final ArchRule PARTS_OF_THE_ENGINE_HAVE_NO_CYCLES =
            slices().matching("io.larch.engine.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule RAFT_AND_CODEC_STAND_ALONE =
            classes()
                    .that()
                    .resideInAnyPackage("io.larch.engine.raft..", "io.larch.engine.codec..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "java..",
                            "org.agrona..",
                            "io.larch.engine.raft..",
                            "io.larch.engine.codec..");

    @ArchTest
    static final ArchRule RAFT_AND_KEYS_CANNOT_LOOK_OUTSIDE =
            noClasses()
                    .that()
                    .resideInAnyPackage("io.larch.engine.raft..", "io.larch.engine.keys..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "java.io..",
                            "java.net..",
                            "java.nio.channels..",
                            "java.nio.file..",
                            "java.time..",
                            "java.util.concurrent..",
                            "org.slf4j..");

    @ArchTest
    static final ArchRule RAFT_AND_KEYS_ARE_TOLD_THE_TIME =
            noClasses()
                    .that()
                    .resideInAnyPackage("io.larch.engine.raft..", "io.larch.engine.keys..")
                    .should()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(Math.class, "random")
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(Thread.class);
}
