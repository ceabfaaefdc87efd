package io.larch.tools.etcd;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads the JSON that a snapshot has of the v2 store: {@code Root}, a node, and {@code
 * CurrentIndex}. A node has its {@code Children} by their names as its last field, null in a key.
 * Times are in the time zone of the etcd that wrote them. As deep as the keys are the levels of the
 * JSON, so they are no levels of the stack.
 */
final class SnapshotJson {
    private static final String NO_EXPIRATION = "0001-01-01T00:00:00Z";

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(Integer.MAX_VALUE)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .maxNameLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final JsonParser parser;
    private final StoredTree tree = new StoredTree();

    /** Directories whose children are being read, the innermost first. */
    private final Deque<StoredNode> open = new ArrayDeque<>();

    /** A node that is known but for its children; null: between nodes. */
    private Draft draft;

    private static final class Draft {
        private final StoredNode parent;
        private final String name;
        private long createdIndex;
        private long modifiedIndex;
        private long expirationNanos = StoredNode.NEVER;
        private String value = "";

        Draft(final StoredNode parent, final String name) {
            this.parent = parent;
            this.name = name;
        }
    }

    private SnapshotJson(final JsonParser parser) {
        this.parser = parser;
    }

    static StoredTree read(final InputStream json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            return new SnapshotJson(parser).store();
        }
    }

    private StoredTree store() throws IOException {
        boolean hasRoot = false;
        boolean hasIndex = false;
        expect(parser.nextToken(), JsonToken.START_OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            final String name = parser.currentName();
            final JsonToken value = parser.nextToken();
            if (name.equals("Root")) {
                expect(value, JsonToken.START_OBJECT);
                nodes();
                hasRoot = true;
            } else if (name.equals("CurrentIndex")) {
                tree.index(unsigned());
                hasIndex = true;
            } else {
                parser.skipChildren();
            }
        }
        if (!hasRoot || !hasIndex) {
            throw new IOException("Root or CurrentIndex is not there");
        }
        return tree;
    }

    /** From the start of the root to its end. */
    private void nodes() throws IOException {
        draft = new Draft(null, "");
        do {
            final JsonToken token = parser.nextToken();
            if (draft != null) {
                expect(token, JsonToken.FIELD_NAME);
                field(parser.currentName(), parser.nextToken());
            } else if (token == JsonToken.FIELD_NAME) {
                draft = new Draft(open.peek(), RawText.of(parser.currentName()));
                expect(parser.nextToken(), JsonToken.START_OBJECT);
            } else {
                expect(token, JsonToken.END_OBJECT);
                open.pop();
                expect(parser.nextToken(), JsonToken.END_OBJECT);
            }
        } while (draft != null || !open.isEmpty());
    }

    private void field(final String name, final JsonToken token) throws IOException {
        switch (name) {
            case "CreatedIndex" -> draft.createdIndex = unsigned();
            case "ModifiedIndex" -> draft.modifiedIndex = unsigned();
            case "ExpireTime" -> draft.expirationNanos = nanos(parser.getText());
            case "Value" -> draft.value = RawText.of(parser.getText());
            case "Children" -> children(token);
            default -> parser.skipChildren();
        }
    }

    /** All is known of a node. */
    private void children(final JsonToken token) throws IOException {
        final boolean isDirectory = token == JsonToken.START_OBJECT;
        final StoredNode node = node(isDirectory ? null : draft.value);
        draft = null;
        if (isDirectory) {
            open.push(node);
        } else {
            expect(token, JsonToken.VALUE_NULL);
            expect(parser.nextToken(), JsonToken.END_OBJECT);
        }
    }

    private StoredNode node(final String value) throws IOException {
        if (draft.parent == null) {
            if (value != null) {
                throw new IOException("the root is no directory");
            }
            return tree.root();
        }
        final StoredNode node = tree.add(draft.parent, draft.name, value, draft.createdIndex);
        node.modifiedIndex(draft.modifiedIndex);
        tree.expireAt(node, draft.expirationNanos);
        return node;
    }

    private long unsigned() throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? parser.getBigIntegerValue().longValue()
                : parser.getLongValue();
    }

    private static long nanos(final String time) throws IOException {
        if (time.equals(NO_EXPIRATION)) {
            return StoredNode.NEVER;
        }
        try {
            final OffsetDateTime parsed = OffsetDateTime.parse(time);
            return Math.addExact(
                    Math.multiplyExact(parsed.toEpochSecond(), 1_000_000_000L), parsed.getNano());
        } catch (final DateTimeException | ArithmeticException e) {
            throw new IOException("no time: " + time, e);
        }
    }

    private static void expect(final JsonToken token, final JsonToken wanted) throws IOException {
        if (token != wanted) {
            throw new IOException(token + " where " + wanted + " should be");
        }
    }
}
