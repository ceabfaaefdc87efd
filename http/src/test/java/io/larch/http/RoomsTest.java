package io.larch.http;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;

/** Which room of the edge may know which: one rule a room, as its package-info says it. */
@AnalyzeClasses(packages = "io.larch.http", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String HTTP = "io.larch.http.";
    private static final String PORT = "io.larch.engine.port";
    private static final String CODEC = "io.larch.engine.codec";
    private static final String KV = "io.larch.engine.codec.kv";
    private static final String BUFFERS = "io.netty.buffer";
    private static final String NETTY = "io.netty..";
    private static final String LOG = "org.slf4j";
    private static final String PROCESS = "com.sun.management";

    /** What every room may know. */
    private static final String[] BASE = {"java..", "org.agrona.."};

    /** What a page sees. */
    private static final String[] PAGE = {HTTP + "route", HTTP + "wire", HTTP + "text", PORT};

    @ArchTest
    static final ArchRule ROOMS_HAVE_NO_CYCLES =
            slices().matching("io.larch.http.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_ROOM_KNOWS_THE_FACE =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.larch.http")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.larch.http");

    @ArchTest
    static final ArchRule THE_FACE =
            classes()
                    .that()
                    .resideInAPackage("io.larch.http")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(known("io.larch.http..", PORT, CODEC, NETTY, LOG));

    @ArchTest static final ArchRule TEXT = room("text", CODEC, BUFFERS);

    @ArchTest static final ArchRule GO = room("go", HTTP + "text", "com.fasterxml.jackson.core..");

    @ArchTest static final ArchRule WIRE = room("wire", HTTP + "go", HTTP + "text", BUFFERS);

    @ArchTest
    static final ArchRule ROUTE = room("route", HTTP + "wire", HTTP + "go", HTTP + "text", PORT);

    @ArchTest
    static final ArchRule KEYS =
            room("keys", HTTP + "route", HTTP + "wire", HTTP + "go", HTTP + "text", CODEC);

    @ArchTest static final ArchRule MEMBERS = pages("members", HTTP + "go");

    @ArchTest static final ArchRule LEGACY = pages("legacy", HTTP + "members", HTTP + "go");

    @ArchTest static final ArchRule STATS = pages("stats", HTTP + "go");

    @ArchTest
    static final ArchRule AUTH =
            pages(
                    "auth",
                    HTTP + "listen",
                    HTTP + "metrics",
                    CODEC,
                    LOG,
                    "com.fasterxml.jackson.core..",
                    "org.springframework.security.crypto.bcrypt");

    @ArchTest
    static final ArchRule PROXY =
            room(
                    "proxy",
                    HTTP + "tls",
                    HTTP + "listen",
                    HTTP + "metrics",
                    HTTP + "wire",
                    NETTY,
                    LOG,
                    "io.prometheus..");

    @ArchTest static final ArchRule MISC = pages("misc", HTTP + "stats", HTTP + "go", PROCESS);

    @ArchTest
    static final ArchRule METRICS =
            pages("metrics", HTTP + "output", CODEC, "io.prometheus..", PROCESS);

    @ArchTest
    static final ArchRule OUTPUT = room("output", HTTP + "keys", HTTP + "text", CODEC, NETTY, LOG);

    @ArchTest
    static final ArchRule GATEWAY = pages("v3.gateway", KV, "com.fasterxml.jackson.core..");

    @ArchTest
    static final ArchRule LISTEN = room("listen", HTTP + "metrics", NETTY, LOG, "jdk.net");

    @ArchTest
    static final ArchRule TLS =
            room("tls", HTTP + "listen", HTTP + "metrics", NETTY, LOG, "javax.net.ssl");

    @ArchTest
    static final ArchRule ENGINE = room("engine", HTTP + "output", HTTP + "wire", PORT, BUFFERS);

    @ArchTest static final ArchRule RPC = room("v3.rpc", HTTP + "output", BUFFERS);

    @ArchTest
    static final ArchRule GRPC =
            room(
                    "v3.grpc",
                    HTTP + "v3.http2",
                    HTTP + "v3.rpc",
                    HTTP + "wire",
                    HTTP + "output",
                    NETTY);

    @ArchTest
    static final ArchRule SERVICE =
            room(
                    "v3.service",
                    HTTP + "v3.rpc",
                    HTTP + "engine",
                    HTTP + "output",
                    HTTP + "members",
                    HTTP + "go",
                    PORT,
                    CODEC,
                    CODEC + ".kv",
                    BUFFERS);

    @ArchTest static final ArchRule HTTP2 = room("v3.http2", HTTP + "output", NETTY);

    private static ArchRule pages(final String room, final String... others) {
        return room(room, join(PAGE, others));
    }

    private static ArchRule room(final String room, final String... others) {
        return classes()
                .that()
                .resideInAPackage(HTTP + room)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(known(join(others, HTTP + room)));
    }

    private static String[] known(final String... packages) {
        return join(BASE, packages);
    }

    private static String[] join(final String[] some, final String... others) {
        return Stream.concat(Arrays.stream(some), Arrays.stream(others)).toArray(String[]::new);
    }
}
