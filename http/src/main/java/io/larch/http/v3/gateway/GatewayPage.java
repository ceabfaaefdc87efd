package io.larch.http.v3.gateway;

import io.larch.http.route.Exchange;
import io.larch.http.route.Page;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import java.util.List;

/** Where the gateway is. As pages they answer only what is no call of a method. */
public final class GatewayPage {
    private static final Page CURRENT = page("/v3");
    private static final Page BETA = page("/v3beta");

    public static final List<Page> PAGES = List.of(CURRENT, BETA);

    private GatewayPage() {}

    private static Page page(final String path) {
        return Page.tree(path, GatewayPage::refuse).reading(HttpMethod.POST);
    }

    /** The method that a request calls; null when it is for something else. */
    public static Route call(final Page page, final HttpRequest request) {
        return (page == CURRENT || page == BETA) && request.method() == HttpMethod.POST
                ? Route.at(request.path())
                : null;
    }

    private static void refuse(final Exchange exchange) {
        if (Route.at(exchange.request().path()) == null) {
            exchange.text(404, Headers.ERROR_TEXT, "Not Found\n");
        } else {
            exchange.text(405, Headers.ERROR_TEXT, "Method Not Allowed\n");
        }
    }
}
