package io.larch.engine.raft.driver;

import io.larch.engine.raft.RaftInvariantError;
import io.larch.engine.raft.StoryTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Drives Raft cores step by step: one JSON request a line on standard input, one reply a line on
 * standard output. The caller owns the network, the clock, the disk's moment and the crash. What
 * cannot be done is answered with {@code error}.
 */
public final class RaftDriver {
    private final Map<Long, DriverNode> nodes = new HashMap<>();

    /**
     * Reads requests until there are none, or {@code quit}; with {@code replay FILE} or {@code
     * shrink FILE} plays the actions of a failed simulation instead.
     */
    public static void main(final String[] args) throws IOException {
        if (args.length == 2) {
            StoryTool.run(args, System.out);
            return;
        }
        final BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        final RaftDriver driver = new RaftDriver();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            final String reply = driver.handle(line);
            if (reply == null) {
                return;
            }
            out.println(reply);
            out.flush();
        }
    }

    /**
     * Answers one request.
     *
     * @return null to quit.
     */
    String handle(final String line) throws IOException {
        try {
            final Map<String, Object> request = DriverNode.object(Json.read(line));
            if ("quit".equals(request.get("op"))) {
                return null;
            }
            return Json.write(node(request).handle(request));
        } catch (final RuntimeException | IOException | RaftInvariantError error) {
            final Map<String, Object> reply = new LinkedHashMap<>();
            reply.put("error", error.toString());
            return Json.write(reply);
        }
    }

    private DriverNode node(final Map<String, Object> request) {
        final long id = Frames.number(request, "node");
        if ("new".equals(request.get("op"))) {
            final DriverNode added = new DriverNode(request);
            nodes.put(id, added);
            return added;
        }
        final DriverNode node = nodes.get(id);
        if (node == null) {
            throw new IllegalArgumentException("no node " + id);
        }
        return node;
    }
}
