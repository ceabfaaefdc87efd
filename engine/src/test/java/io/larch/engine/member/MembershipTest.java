package io.larch.engine.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private final Membership membership =
            InitialCluster.parse("a=http://h:1,b=http://h:2,b=http://h:3").toMembership("t");
    private final long idOfA = membership.memberByName("a").orElseThrow().id();

    @Test
    void shouldRememberRemovedIdsForEver() {
        final Membership left = membership.without(idOfA);

        assertEquals(1, left.members().size());
        assertTrue(left.isRemoved(idOfA));
        assertEquals(membership.clusterId(), left.clusterId());
        assertThrows(
                IllegalArgumentException.class,
                () -> left.with(membership.member(idOfA).orElseThrow()));
    }

    @Test
    void shouldRefuseAnIdTwice() {
        assertThrows(
                IllegalArgumentException.class,
                () -> membership.with(membership.member(idOfA).orElseThrow()));
    }

    @Test
    void shouldListPublishedClientUrlsSorted() {
        final Membership published =
                membership
                        .withUpdated(
                                membership
                                        .member(idOfA)
                                        .orElseThrow()
                                        .withAttributes("a", List.of("http://z:1", "http://c:1")))
                        .with(Member.added(List.of("http://h:9"), 1));

        assertEquals(List.of("http://c:1", "http://z:1"), published.clientUrls());
        assertEquals(2, published.startedCount());
    }

    @Test
    void shouldReadInitialClusterWithRepeatedNames() {
        final InitialCluster cluster =
                InitialCluster.parse("b=http://h:3,a=http://h:1,,b=http://h:2");

        assertEquals(List.of("http://h:2", "http://h:3"), cluster.urlsOf("b"));
        assertEquals("a=http://h:1,b=http://h:2,b=http://h:3", cluster.toString());
        assertFalse(cluster.hasDuplicateUrl());
        assertTrue(InitialCluster.parse("a=http://h:1,b=http://h:1").hasDuplicateUrl());
    }

    @Test
    void shouldSayWhatIsWrongWithAUrlInEtcdsWords() {
        assertUrlError("URL scheme must be http or https: ftp://127.0.0.1:2", "ftp://127.0.0.1:2");
        assertUrlError(
                "URL address does not have the form \"host:port\": http://127.0.0.1",
                "http://127.0.0.1");
        assertUrlError("URL must not contain a path: http://127.0.0.1:1/x", "http://127.0.0.1:1/x");
        assertUrlError("URL must not contain a path: http://127.0.0.1:1/", "http://127.0.0.1:1/");
        assertUrlError(
                "parse \"127.0.0.1:2380\": first path segment in URL cannot contain colon",
                "127.0.0.1:2380");
        assertEquals("http://[::1]:2380", PeerUrls.check(" http://[::1]:2380"));
        assertUrlError(
                "parse \"http://a b:1\": invalid character \" \" in host name", "http://a b:1");
        assertUrlError(
                "parse \"http://a\\t:1\": net/url: invalid control character in URL",
                "http://a\t:1");
    }

    @Test
    void shouldTakeUrlsInCapitalsAndWithoutHostAsGoDoes() {
        assertEquals("http://LOCALHOST:1", PeerUrls.check("HTTP://LOCALHOST:1"));
        assertEquals("https://a:1", PeerUrls.check("hTTpS://a:1"));
        assertEquals("http://:2380", PeerUrls.check("http://:2380"));
        assertEquals(
                "a=http://:2380,b=http://B:1",
                InitialCluster.parse("b=HTTP://B:1,a=http://:2380").toString());
    }

    private static void assertUrlError(final String message, final String url) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> PeerUrls.check(url))
                        .getMessage());
    }
}
