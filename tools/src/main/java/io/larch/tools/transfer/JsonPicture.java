package io.larch.tools.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/** The picture that one answer of the v2 API has: nodes within nodes, each before its children. */
final class JsonPicture implements Picture {
    /** Two levels of JSON are one of the keys, of which stores allow any number. */
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final JsonParser parser;
    private final long index;
    private final long readNanos;
    private int depth;
    private Node node;

    /** What is known of a node that has not been told yet. */
    private static final class Node {
        private String key = Paths.ROOT;
        private String value = "";
        private boolean isDirectory;
        private long ttlSeconds;
        private boolean hasTtl;
    }

    /**
     * @param body is closed with the picture.
     * @param readNanos when it was answered, from which TTLs count.
     */
    JsonPicture(final InputStream body, final long index, final long readNanos) throws IOException {
        this.parser = JSON.createParser(body);
        this.index = index;
        this.readNanos = readNanos;
    }

    @Override
    public Entry next() throws IOException {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            final Entry entry = take(token);
            if (entry != null) {
                return entry;
            }
        }
        if (depth != 0) {
            throw new TransferException(Kind.UNREACHABLE, "an answer ends in the middle");
        }
        return null;
    }

    private Entry take(final JsonToken token) throws IOException {
        switch (token) {
            case START_OBJECT -> {
                depth++;
                if (depth > 1) {
                    node = new Node();
                }
            }
            case END_OBJECT -> {
                depth--;
                return told();
            }
            case FIELD_NAME -> {
                return field(parser.currentName());
            }
            default -> {
                // The end of a list of nodes: more of its directory may follow.
            }
        }
        return null;
    }

    private Entry field(final String name) throws IOException {
        final JsonToken token = parser.nextToken();
        if (token == JsonToken.START_ARRAY && name.equals("nodes")) {
            if (node != null) {
                node.isDirectory = true;
            }
            return told();
        }
        if (token == JsonToken.START_OBJECT && name.equals("node")) {
            return take(token);
        }
        if (node != null) {
            switch (name) {
                case "key" -> node.key = parser.getText();
                case "value" -> node.value = parser.getText();
                case "dir" -> node.isDirectory = parser.getBooleanValue();
                case "expiration" -> node.hasTtl = true;
                case "ttl" -> node.ttlSeconds = parser.getLongValue();
                default -> parser.skipChildren();
            }
        } else {
            parser.skipChildren();
        }
        return null;
    }

    /** The node, once; the root is no entry. */
    private Entry told() {
        final Node told = node;
        node = null;
        if (told == null || told.key.equals(Paths.ROOT)) {
            return null;
        }
        final long deadlineNanos =
                told.hasTtl ? readNanos + TimeUnit.SECONDS.toNanos(told.ttlSeconds) : Entry.NEVER;
        return new Entry(
                told.key, told.isDirectory, told.isDirectory ? "" : told.value, deadlineNanos);
    }

    @Override
    public long firstIndex() {
        return index;
    }

    @Override
    public long lastIndex() {
        return index;
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
