package io.larch.tools.ctl;

import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import java.io.IOException;
import java.util.Map;

/**
 * What became of a key.
 *
 * @param action as etcd names it.
 * @param prevNode what was there before; null: not told.
 * @param index of the store when it answered, without a sign.
 */
record KeyReply(String action, Node node, Node prevNode, long index) {
    private static final int OK = 200;
    private static final int CREATED = 201;

    /**
     * Reads an answer.
     *
     * @throws IOException with what the store refused, or that the answer is not a store's.
     */
    static KeyReply of(final HttpReply reply) throws IOException {
        final Map<String, Object> fields;
        try {
            fields = Json.object(Json.parse(reply.body()));
            if (reply.status() == OK || reply.status() == CREATED) {
                return new KeyReply(
                        Json.text(fields.get("action")),
                        node(fields.get("node")),
                        Node.of(fields.get("prevNode")),
                        index(reply.header("X-Etcd-Index")));
            }
        } catch (final IOException | NumberFormatException e) {
            throw new IOException(
                    "client: response is invalid json."
                            + " The endpoint is probably not valid etcd cluster endpoint.",
                    e);
        }
        throw new IOException(
                "%s: %s (%s) [%s]"
                        .formatted(
                                fields.getOrDefault("errorCode", 0),
                                fields.getOrDefault("message", ""),
                                fields.getOrDefault("cause", ""),
                                fields.getOrDefault("index", 0)));
    }

    private static Node node(final Object json) throws IOException {
        final Node node = Node.of(json);
        if (node == null) {
            throw new IOException("no node");
        }
        return node;
    }

    private static long index(final String header) {
        return header.isEmpty() ? 0 : Long.parseUnsignedLong(header);
    }

    /** As etcdctl writes it. */
    String json() {
        return "{\"action\":"
                + GoText.json(action)
                + ",\"node\":"
                + node.json()
                + ",\"prevNode\":"
                + (prevNode == null ? "null" : prevNode.json())
                + "}";
    }
}
