package io.larch.tools.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.larch.tools.client.Json;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * How far a transfer is, in a file that is replaced as a whole and so is either that of before or
 * that of now. Without a file nothing is kept.
 */
public final class StateFile {
    private final Path file;

    /**
     * @param cluster whose keys these are.
     * @param index of the source up to which all is in the target; 0: the first copy has not ended.
     * @param isCutOver whether the target may have been written by others since.
     */
    record State(String cluster, String target, String prefix, long index, boolean isCutOver) {
        boolean isOf(final String otherCluster, final String otherTarget, final String path) {
            return cluster.equals(otherCluster)
                    && target.equals(otherTarget)
                    && prefix.equals(path);
        }
    }

    /**
     * @param file null: none.
     */
    public StateFile(final Path file) {
        this.file = file;
    }

    /** Null when there is none yet. */
    State load() throws TransferException {
        if (file == null || !Files.exists(file)) {
            return null;
        }
        try {
            final Map<String, Object> fields =
                    Json.object(Json.parse(Files.readString(file, StandardCharsets.UTF_8)));
            return new State(
                    Json.text(fields.get("source")),
                    Json.text(fields.get("target")),
                    Json.text(fields.get("prefix")),
                    Json.unsigned(fields.get("index")),
                    Boolean.TRUE.equals(fields.get("cutOver")));
        } catch (final IOException e) {
            throw new TransferException(
                    Kind.DAMAGED, "%s is no state of a transfer: %s".formatted(file, reason(e)), e);
        }
    }

    void save(final State state) throws IOException {
        if (file == null) {
            return;
        }
        final Path next = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            next,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                final ByteBuffer bytes =
                        ByteBuffer.wrap(json(state).getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(
                    next,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (final IOException e) {
            throw new TransferException(
                    Kind.DAMAGED, "cannot write %s: %s".formatted(file, reason(e)), e);
        }
    }

    private static String json(final State state) throws IOException {
        final StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("source", state.cluster());
            json.writeStringField("target", state.target());
            json.writeStringField("prefix", state.prefix());
            json.writeNumberField("index", state.index());
            json.writeBooleanField("cutOver", state.isCutOver());
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private static String reason(final IOException failure) {
        final String name = failure.getClass().getSimpleName();
        return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }

    @Override
    public String toString() {
        return String.valueOf(file);
    }
}
