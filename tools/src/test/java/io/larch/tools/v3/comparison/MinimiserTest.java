package io.larch.tools.v3.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.JsonTree;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MinimiserTest {
    private static final int REQUESTS = 5_000;

    @Test
    void shouldFindNoDifferenceBetweenTwoOfTheSame() {
        assertNull(Minimiser.find(3, REQUESTS, requests -> compare(requests, version -> version)));
    }

    /** One number is wrong in one field of some answers. */
    @Test
    void shouldFindOneWrongNumberAndTellTheFewRequestsThatShowIt() {
        final Minimiser.Result result =
                Minimiser.find(
                        3,
                        REQUESTS,
                        requests -> compare(requests, version -> version == 3 ? 4 : version));

        assertNotNull(result);
        assertEquals(
                List.of("kv/put", "kv/put", "kv/put"),
                result.requests().stream().map(Request::path).toList());
        assertEquals(
                List.of(".prev_kv.version: expected 3 but was 4"), result.difference().fields());
        assertTrue(result.toString().startsWith("kv/put {"), result::toString);
    }

    private static Comparison.Difference compare(
            final List<Request> requests, final LongUnaryOperator change) {
        return new Comparison(new Counts(version -> version), new Counts(change)).run(requests);
    }

    /** Counts how often each key was put, and answers all else with nothing. */
    private static final class Counts implements Server {
        private final Map<Object, Long> versions = new HashMap<>();
        private final LongUnaryOperator change;

        Counts(final LongUnaryOperator change) {
            this.change = change;
        }

        @Override
        public Supplier<Answer> ask(final Request request) {
            final Answer answer = new Answer(200, tree(request));
            return () -> answer;
        }

        private Map<String, Object> tree(final Request request) {
            final Object key = JsonTree.at(JsonTree.parse(request.body()), "key");
            if (!request.path().equals("kv/put") || key == null) {
                return Map.of();
            }
            final long version = change.applyAsLong(versions.merge(key, 1L, Long::sum));
            return Map.of("prev_kv", Map.of("version", Long.toString(version)));
        }
    }
}
