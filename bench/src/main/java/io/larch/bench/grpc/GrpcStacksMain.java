package io.larch.bench.grpc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;

/**
 * Serves a fresh member by both stacks. Answers each line of its input with what it has used so
 * far, and ends with its input.
 */
public final class GrpcStacksMain {
    private static final String USAGE = "usage: larch-bench grpc DIRECTORY OWN-PORT GRPC-JAVA-PORT";

    private GrpcStacksMain() {}

    public static void main(final String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println(USAGE);
            System.exit(2);
        }
        final int ownPort = Integer.parseInt(args[1]);
        final int javaPort = Integer.parseInt(args[2]);
        try (GrpcStacks stacks = new GrpcStacks(Path.of(args[0]), ownPort, javaPort)) {
            serve(stacks);
        }
    }

    private static void serve(final GrpcStacks stacks) throws IOException {
        final Usage usage = new Usage();
        System.out.println("ports " + stacks.ownPort() + ' ' + stacks.javaPort());
        final BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        while (input.readLine() != null) {
            System.out.println(usage);
        }
    }
}
