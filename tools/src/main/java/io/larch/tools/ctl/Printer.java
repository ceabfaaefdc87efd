package io.larch.tools.ctl;

import java.io.PrintWriter;

/** Prints what became of keys, in the format of {@code --output}. */
final class Printer {
    /** The value alone. */
    static final String SIMPLE = "simple";

    private final PrintWriter out;
    private final PrintWriter err;
    private final String format;

    Printer(final PrintWriter out, final PrintWriter err, final String format) {
        this.out = out;
        this.err = err;
        this.format = format;
    }

    boolean isSimple() {
        return format.equals(SIMPLE);
    }

    void print(final KeyReply reply) {
        switch (format) {
            case SIMPLE -> simple(reply);
            case "extended" -> extended(reply);
            case "json" -> out.println(reply.json());
            default -> err.println("Unsupported output format: " + format);
        }
        out.flush();
    }

    private static boolean isDelete(final KeyReply reply) {
        return reply.action().equals("delete");
    }

    private void simple(final KeyReply reply) {
        if (isDelete(reply) && reply.prevNode() != null) {
            out.println("PrevNode.Value: " + reply.prevNode().value());
        } else {
            out.println(reply.node().value());
        }
    }

    private void extended(final KeyReply reply) {
        final Node node = reply.node();
        out.println("Key: " + node.key());
        out.println("Created-Index: " + Long.toUnsignedString(node.createdIndex()));
        out.println("Modified-Index: " + Long.toUnsignedString(node.modifiedIndex()));
        if (reply.prevNode() != null) {
            out.println("PrevNode.Value: " + reply.prevNode().value());
        }
        out.println("TTL: " + node.ttlSeconds());
        out.println("Index: " + Long.toUnsignedString(reply.index()));
        if (!isDelete(reply)) {
            out.println();
            out.println(node.value());
        }
    }
}
