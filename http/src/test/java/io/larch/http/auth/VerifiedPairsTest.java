package io.larch.http.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.AuthView;
import io.larch.http.auth.VerifiedPairs.Pair;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifiedPairsTest {
    private static final int CAPACITY = 2048;

    private final HeaderDigest digest = new HeaderDigest();
    private final VerifiedPairs pairs = new VerifiedPairs();
    private final AuthView.Role role = new AuthView.Role("r1", List.of("/a"), null);
    private AuthView view =
            AuthView.EMPTY.with(new AuthView.User("u1", "h1", List.of("r1", "none"))).with(role);

    private VerifiedPairsTest of(final String header) {
        final byte[] bytes = ("<" + header + ">").getBytes(StandardCharsets.US_ASCII);
        digest.of(bytes, 1, bytes.length - 1);
        return this;
    }

    private void add() {
        pairs.add(Pair.of(digest.value(), view.user("u1"), view));
    }

    private Pair find() {
        return pairs.find(digest, view);
    }

    @Test
    void shouldFindWhatIsThereAndNothingElse() {
        of("one").add();
        assertSame(find(), find());
        assertEquals(List.of(role), List.of(find().roles()));
        assertNull(of("two").find());
        assertNull(of("").find());
        assertTrue(of("one").digest.value().equals(digest.value()));
    }

    @Test
    void shouldHaveTheRolesOfTheNewestView() {
        of("one").add();
        view = view.with(new AuthView.User("u1", "h1", List.of("none")));
        assertEquals(0, find().roles().length);
        view = view.with(new AuthView.Role("none", null, null));
        assertEquals(1, find().roles().length);
        assertSame(find(), find());
    }

    @Test
    void shouldForgetAPairWhoseUserHasAnotherHashOrIsGone() {
        of("one").add();
        final AuthView before = view;
        view = view.with(new AuthView.User("u1", "h2", List.of()));
        assertNull(find());
        view = before;
        assertNull(find(), "for ever");
        add();
        view = view.withoutUser("u1");
        assertNull(find());
    }

    @Test
    void shouldKeepABoundedNumberOfPairs() {
        for (int i = 0; i < 3 * CAPACITY; i++) {
            of("pair " + i).add();
            assertNotNull(find());
        }
        int count = 0;
        for (int i = 0; i < 3 * CAPACITY; i++) {
            count += of("pair " + i).find() == null ? 0 : 1;
        }
        assertTrue(count > CAPACITY / 2 && count <= CAPACITY, count + " are kept");
    }
}
