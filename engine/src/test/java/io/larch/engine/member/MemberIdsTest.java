package io.larch.engine.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemberIdsTest {
    @Test
    void shouldNameMemberAsEtcdDoes() {
        assertEquals(
                "c95ef83803ad544",
                MemberIds.toHex(MemberIds.memberId(List.of("http://127.0.0.1:21101"), "tok")));
    }

    @Test
    void shouldNameMemberOfOneAndItsClusterAsRecordedFromEtcd() {
        final Membership membership =
                InitialCluster.parse("default=http://127.0.0.1:27380").toMembership("etcd-cluster");

        assertEquals("99bca5ffd3b6b513", MemberIds.toHex(membership.members().get(0).id()));
        assertEquals("a10e20a2639400db", MemberIds.toHex(membership.clusterId()));
    }

    @Test
    void shouldNotDependOnTheOrderOfUrls() {
        assertEquals(
                MemberIds.memberId(List.of("http://a:1", "http://b:2"), "t"),
                MemberIds.memberId(List.of("http://b:2", "http://a:1"), "t"));
    }

    @Test
    void shouldGiveAnAddedMemberANewIdEachTime() {
        final List<String> urls = List.of("http://127.0.0.1:21101");

        assertEquals(
                MemberIds.memberId(urls, "1700000000"), Member.added(urls, 1_700_000_000).id());
    }

    @Test
    void shouldOrderIdsUnsigned() {
        final Membership membership =
                Membership.initial(List.of(member(-1), member(1), member(Long.MIN_VALUE)));

        assertEquals(
                List.of(1L, Long.MIN_VALUE, -1L),
                membership.members().stream().map(Member::id).toList());
    }

    @Test
    void shouldReadIdsAsTheApiAcceptsThem() {
        assertEquals(0xc95ef83803ad544L, MemberIds.parseHex("0C95EF83803ad544"));
        assertEquals(-1, MemberIds.parseHex("ffffffffffffffff"));
        for (final String bad : List.of("", "x", "+1", "-1", "10000000000000000")) {
            assertThrows(NumberFormatException.class, () -> MemberIds.parseHex(bad), bad);
        }
    }

    private static Member member(final long id) {
        return new Member(id, "", List.of("http://h:" + (id & 0xff)), List.of());
    }
}
