package io.larch.tools.ctl;

import java.time.Duration;
import picocli.CommandLine.Option;

/** What stands before the command, as it was given. */
final class Globals {
    @Option(
            names = "--debug",
            description = "Print each request on standard error, as curl would send it.")
    boolean isDebug;

    @Option(
            names = "--no-sync",
            description = "Ask the endpoints themselves, not those that the members publish.")
    boolean isWithoutSync;

    @Option(
            names = {"--output", "-o"},
            paramLabel = "FORMAT",
            description = "How keys are printed: simple, extended or json. Default: simple.")
    String output = Printer.SIMPLE;

    @Option(
            names = {"--discovery-srv", "-D"},
            paramLabel = "DOMAIN",
            description = "Take the endpoints from the SRV records of this domain.")
    String discoverySrv = "";

    @Option(
            names = "--insecure-discovery",
            description = "Take also such records as name endpoints without TLS.")
    boolean isInsecureDiscovery;

    @Option(
            names = {"--peers", "-C"},
            paramLabel = "URLS",
            description = "The old name of --endpoints.")
    String peers = "";

    @Option(names = "--endpoint", paramLabel = "URLS", description = "The old name of --endpoints.")
    String endpoint = "";

    @Option(
            names = "--endpoints",
            paramLabel = "URLS",
            description =
                    "Where members are, with commas between. Default:"
                            + " http://127.0.0.1:2379,http://127.0.0.1:4001.")
    String endpoints = "";

    @Option(
            names = "--cert-file",
            paramLabel = "FILE",
            description = "The certificate that is shown to members.")
    String certFile = "";

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "The private key of the certificate.")
    String keyFile = "";

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "The authorities whose certificates members must show.")
    String caFile = "";

    @Option(
            names = {"--username", "-u"},
            paramLabel = "NAME[:PASSWORD]",
            description = "Who asks; the password is asked for when it is missing.")
    String username = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long to wait for one endpoint. Default: 2s.")
    Duration timeout = Duration.ofSeconds(2);

    @Option(
            names = "--total-timeout",
            paramLabel = "TIME",
            description = "How long to wait in all, but for a watch. Default: 5s.")
    Duration totalTimeout = Duration.ofSeconds(5);
}
