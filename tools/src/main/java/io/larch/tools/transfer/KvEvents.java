package io.larch.tools.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.larch.tools.etcd.kv.KvEntry;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a watch tells, one JSON object after the other, of which only what belongs to one
 * revision is in memory. A revision comes out when all of it is there: it may be told in several
 * messages, and only the last of these does not say {@code fragment}. Not threadsafe.
 */
final class KvEvents {
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final Sink sink;
    private List<KvEntry> changes = new ArrayList<>();
    private long revision;

    /** Is told what is read. Each may let the reader wait. */
    interface Sink {
        /** The source has come to a revision. */
        void onHead(long head);

        void onRevision(KvRevision whole) throws IOException;
    }

    /** The source has ended the watch. */
    static final class CanceledException extends IOException {
        private static final long serialVersionUID = 1L;

        CanceledException(final String reason) {
            super(reason);
        }
    }

    KvEvents(final Sink sink) {
        this.sink = sink;
    }

    /**
     * Returns at the end of the stream.
     *
     * @throws OutdatedException if the source has forgotten what is asked for.
     * @throws CanceledException if it does not tell for another reason.
     */
    void read(final InputStream stream) throws IOException {
        try (JsonParser json = JSON.createParser(stream)) {
            while (json.nextToken() != null) {
                expectObject(json);
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    final String name = json.currentName();
                    json.nextToken();
                    switch (name) {
                        case "result" -> readMessage(json);
                        case "error" -> throw new IOException(message(json));
                        default -> json.skipChildren();
                    }
                }
            }
        }
    }

    private static void expectObject(final JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("no JSON object: " + json.getText());
        }
    }

    private static String message(final JsonParser json) throws IOException {
        String message = "an error without a message";
        if (json.currentToken() != JsonToken.START_OBJECT) {
            return json.getText();
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            final String name = json.currentName();
            json.nextToken();
            if (name.equals("message")) {
                message = json.getText();
            }
            json.skipChildren();
        }
        return message;
    }

    private void readMessage(final JsonParser json) throws IOException {
        expectObject(json);
        boolean isFragment = false;
        boolean isCanceled = false;
        long compacted = 0;
        String reason = "";
        while (json.nextToken() != JsonToken.END_OBJECT) {
            final String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "header" -> readHeader(json);
                case "fragment" -> isFragment = json.getBooleanValue();
                case "canceled" -> isCanceled = json.getBooleanValue();
                case "compact_revision" -> compacted = json.getValueAsLong();
                case "cancel_reason" -> reason = json.getText();
                case "events" -> readEvents(json);
                default -> json.skipChildren();
            }
        }
        if (!isFragment) {
            tell();
        }
        if (compacted > 0) {
            throw new OutdatedException("all before revision " + compacted + " is compacted");
        }
        if (isCanceled) {
            throw new CanceledException(reason.isEmpty() ? "the watch is canceled" : reason);
        }
    }

    private void readHeader(final JsonParser json) throws IOException {
        expectObject(json);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            final String name = json.currentName();
            json.nextToken();
            if (name.equals("revision")) {
                sink.onHead(json.getValueAsLong());
            }
            json.skipChildren();
        }
    }

    private void readEvents(final JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IOException("no JSON array: " + json.getText());
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expectObject(json);
            KvEntry change = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                final String name = json.currentName();
                json.nextToken();
                if (name.equals("kv")) {
                    change = readEntry(json);
                } else {
                    json.skipChildren();
                }
            }
            if (change == null) {
                throw new IOException("an event without a key");
            }
            add(change);
        }
    }

    private void add(final KvEntry change) throws IOException {
        if (change.modified() != revision) {
            tell();
            revision = change.modified();
        }
        changes.add(change);
    }

    private void tell() throws IOException {
        if (!changes.isEmpty()) {
            sink.onRevision(new KvRevision(revision, changes));
            changes = new ArrayList<>();
        }
    }

    private static KvEntry readEntry(final JsonParser json) throws IOException {
        expectObject(json);
        byte[] key = {};
        byte[] value = {};
        long created = 0;
        long modified = 0;
        long version = 0;
        long lease = 0;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            final String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "key" -> key = json.getBinaryValue();
                case "value" -> value = json.getBinaryValue();
                case "create_revision" -> created = json.getValueAsLong();
                case "mod_revision" -> modified = json.getValueAsLong();
                case "version" -> version = json.getValueAsLong();
                case "lease" -> lease = json.getValueAsLong();
                default -> json.skipChildren();
            }
        }
        return new KvEntry(key, created, modified, 0, version, lease, value, 0, value.length);
    }
}
