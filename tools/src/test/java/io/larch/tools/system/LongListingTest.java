package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A listing of all of a large store at the leader costs nobody anything: not the leader its office,
 * not a writer a write. It shows the store as it was at the index that it tells.
 */
@Order(Integer.MAX_VALUE - 3)
@Tag("slow")
@Tag("fused-only")
class LongListingTest {
    private static final int KEYS = 330_000;
    private static final int KEYS_PER_DIRECTORY = 10_000;
    private static final String VALUE = "v".repeat(90);
    private static final int LISTINGS = 5;
    private static final int LISTING_BYTES = 56_000_000;
    private static final int WRITES_MEANWHILE = 20;

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @Test
    void shouldCostNeitherTheLeaderNorAWrite() throws Exception {
        final ClusterMember leader = cluster.start(1, "--snapshot-count", "100000").member(1);
        ParallelPuts.put(leader.url(), KEYS, LongListingTest::key, VALUE);
        cluster.add().start();
        cluster.add().start();
        final long term = term(leader);

        try (IndexedWriter writer =
                new IndexedWriter(leader.url(), KEYS, LongListingTest::key, VALUE)) {
            for (int i = 0; i < LISTINGS; i++) {
                final HttpReply listing = list(leader, writer);
                assertTrue(listing.body().length > LISTING_BYTES, "" + listing.body().length);
                writer.awaitOneMore();
                check(listing, writer);
            }
        }
        assertEquals(leader, cluster.awaitLeader());
        assertEquals(term, term(leader));
        for (final ClusterMember member : cluster.members()) {
            assertEquals(leader.id(), member.leaderId());
        }
    }

    private static String key(final int number) {
        return "/all/" + number / KEYS_PER_DIRECTORY + "/k" + number;
    }

    private static long term(final ClusterMember member) throws IOException {
        return member.exchange("GET", "/v2/keys/", null).longHeader("X-Raft-Term");
    }

    /** Lists all while writes are acknowledged. */
    private static HttpReply list(final ClusterMember leader, final IndexedWriter writer)
            throws IOException {
        try (HttpConnection reader = new HttpConnection(leader.url(), 30_000)) {
            reader.sendRequest("GET", "/v2/keys/all?recursive=true", null, Map.of());
            final HttpReply head = reader.readHead();
            assertEquals(200, head.status());
            writer.await(writer.acknowledged() + WRITES_MEANWHILE);
            return reader.readBodyOf(head);
        }
    }

    /** What is listed is what was written up to the index of the listing. */
    private static void check(final HttpReply listing, final IndexedWriter writer)
            throws IOException {
        final long index = listing.longHeader("X-Etcd-Index");
        final Map<String, Long> written = writer.writtenUpTo(index);
        int count = 0;
        try (JsonParser parser = new JsonFactory().createParser(listing.body())) {
            String key = null;
            while (parser.nextToken() != null) {
                if (parser.currentToken() != JsonToken.FIELD_NAME) {
                    continue;
                }
                switch (parser.currentName()) {
                    case "key" -> key = parser.nextTextValue();
                    case "value" -> count++;
                    case "modifiedIndex" -> {
                        final long modified = parser.nextLongValue(-1);
                        final Long last = written.remove(key);
                        assertTrue(modified <= index, key);
                        assertTrue(last == null || last == modified, key);
                    }
                    default -> parser.nextToken();
                }
            }
        }
        assertEquals(Map.of(), written);
        assertEquals(KEYS, count);
    }
}
