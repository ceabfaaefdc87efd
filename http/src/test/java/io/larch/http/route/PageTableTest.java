package io.larch.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.larch.http.wire.HttpDecoder;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import io.larch.http.wire.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageTableTest {
    private final Page single = Page.at("/v2/single", exchange -> {});
    private final Page tree = Page.tree("/tree", exchange -> {});
    private final Page peers = Page.at("/peers", exchange -> {}).behind(ListenerKind.PEER);
    private final Page both =
            Page.at("/both", exchange -> {})
                    .behind(ListenerKind.CLIENT, ListenerKind.PEER)
                    .reading(HttpMethod.PUT);
    private final List<Page> all = List.of(single, tree, peers, both);

    @ParameterizedTest
    @CsvSource({
        "/v2/single, single",
        "/v2/single/, none",
        "/v2/singles, none",
        "/v2/singl, none",
        "/tree, tree",
        "/tree/, tree",
        "/tree/a/b, tree",
        "/trees, none",
        "/tre, none",
        "/peers, none",
        "/both, both",
    })
    void shouldFindWhatIsAtAPathForClients(final String path, final String expected) {
        assertEquals(expected, nameOf(PageTable.forClients(all, true).find(request("GET", path))));
    }

    @ParameterizedTest
    @CsvSource({"/v2/single, none", "/peers, peers", "/both, both"})
    void shouldKeepThePeersPagesApart(final String path, final String expected) {
        assertEquals(expected, nameOf(PageTable.forPeers(all).find(request("GET", path))));
    }

    @Test
    void shouldKnowNothingBelowV2WithoutIt() {
        final PageTable table = PageTable.forClients(all, false);
        assertEquals("none", nameOf(table.find(request("GET", "/v2/single"))));
        assertEquals("tree", nameOf(table.find(request("GET", "/tree"))));
    }

    @Test
    void shouldReadOnlyTheBodiesThatAPageHasAUseFor() {
        assertEquals(true, both.wantsBody(request("PUT", "/both")));
        assertEquals(false, both.wantsBody(request("POST", "/both")));
        assertEquals(false, tree.wantsBody(request("PUT", "/tree")));
    }

    @Test
    void shouldRefuseTwoPagesAtOnePath() {
        final List<Page> twice = List.of(tree, Page.at("/tree", exchange -> {}));
        assertThrows(IllegalArgumentException.class, () -> PageTable.forClients(twice, true));
    }

    private String nameOf(final Page page) {
        return page == single
                ? "single"
                : page == tree ? "tree" : page == peers ? "peers" : page == both ? "both" : "none";
    }

    private static HttpRequest request(final String method, final String path) {
        final HttpDecoder decoder = new HttpDecoder(1024, 1024, new InputBudget(1 << 20));
        final ByteBuf bytes =
                Unpooled.copiedBuffer(
                        method + ' ' + path + " HTTP/1.1\r\nHost: x\r\n\r\n",
                        StandardCharsets.US_ASCII);
        assertEquals(HttpDecoder.Outcome.HEAD, decoder.decode(bytes));
        return decoder.request();
    }
}
