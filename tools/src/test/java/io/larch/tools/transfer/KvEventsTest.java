package io.larch.tools.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.larch.tools.etcd.kv.KvEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KvEventsTest {
    private final List<String> told = new ArrayList<>();

    private void read(final String... messages) throws IOException {
        final KvEvents.Sink sink =
                new KvEvents.Sink() {
                    @Override
                    public void onHead(final long head) {
                        told.add("head " + head);
                    }

                    @Override
                    public void onRevision(final KvRevision whole) {
                        final StringBuilder line = new StringBuilder().append(whole.number());
                        for (final KvEntry change : whole.changes()) {
                            line.append(KvRevision.isDeletion(change) ? " -" : " +")
                                    .append(new String(change.key(), StandardCharsets.UTF_8))
                                    .append(new String(change.value(), StandardCharsets.UTF_8));
                        }
                        told.add(line.toString());
                    }
                };
        new KvEvents(sink)
                .read(
                        new ByteArrayInputStream(
                                String.join("\n", messages).getBytes(StandardCharsets.UTF_8)));
    }

    private static String message(final String fields) {
        return "{\"result\":{\"header\":{\"cluster_id\":\"1\",\"revision\":\"9\"}," + fields + "}}";
    }

    private static String put(final String key, final long revision) {
        return "{\"kv\":{\"key\":\"%s\",\"create_revision\":\"2\",\"mod_revision\":\"%d\","
                        .formatted(KvStoreText.base64(key), revision)
                + "\"version\":\"1\",\"value\":\"MQ==\"},\"prev_kv\":{\"key\":\"eA==\"}}";
    }

    private static String delete(final String key, final long revision) {
        return "{\"type\":\"DELETE\",\"kv\":{\"key\":\"%s\",\"mod_revision\":\"%d\"}}"
                .formatted(KvStoreText.base64(key), revision);
    }

    private static String events(final String... events) {
        return "\"events\":[" + String.join(",", events) + "]";
    }

    @Test
    void shouldTellEachRevisionAsAWhole() throws IOException {
        read(
                message("\"created\":true"),
                message(events(put("a", 2), delete("b", 2), put("a", 3))),
                message(events(put("c", 4))));
        assertEquals(List.of("head 9", "head 9", "2 +a1 -b", "3 +a1", "head 9", "4 +c1"), told);
    }

    @Test
    void shouldPutFragmentsOfARevisionTogether() throws IOException {
        read(
                message("\"fragment\":true," + events(put("a", 2), put("a", 3))),
                message(events(put("b", 3)) + ",\"fragment\":true"),
                message(events(delete("c", 3), put("a", 4))));
        assertEquals(List.of("head 9", "2 +a1", "head 9", "head 9", "3 +a1 +b1 -c", "4 +a1"), told);
    }

    @Test
    void shouldNotTellARevisionThatBreaksOff() {
        assertThrows(
                IOException.class,
                () ->
                        read(
                                message("\"fragment\":true," + events(put("a", 2), put("b", 3))),
                                "{\"result\":{\"events\":[" + put("c", 3)));
        assertEquals(List.of("head 9", "2 +a1"), told);
    }

    @Test
    void shouldTellWhyAWatchEnds() {
        assertThrows(
                OutdatedException.class,
                () -> read(message("\"canceled\":true,\"compact_revision\":\"7\"")));
        assertEquals(
                "permission denied",
                assertThrows(
                                KvEvents.CanceledException.class,
                                () ->
                                        read(
                                                message(
                                                        "\"created\":true,\"canceled\":true,"
                                                                + "\"cancel_reason\":\"permission"
                                                                + " denied\"")))
                        .getMessage());
        assertEquals(
                "transport is closing",
                assertThrows(
                                IOException.class,
                                () ->
                                        read(
                                                "{\"error\":{\"grpc_code\":14,\"message\":\"transport"
                                                        + " is closing\"}}"))
                        .getMessage());
        assertThrows(IOException.class, () -> read("[]"));
        assertThrows(IOException.class, () -> read(message("\"events\":[{}]")));
    }
}
