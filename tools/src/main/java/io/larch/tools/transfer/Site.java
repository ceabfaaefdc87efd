package io.larch.tools.transfer;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * A store, and how it is asked.
 *
 * @param name what messages call it: source or target.
 * @param endpoints of its members, without a slash at the end; when one does not answer the next is
 *     asked.
 * @param tls of https; null: as the Java machine does.
 * @param authorization the header of this name; empty: none.
 * @param timeout of one answer.
 * @param patience for how long it is asked again while no endpoint answers; each is asked once at
 *     least.
 */
public record Site(
        String name,
        List<URI> endpoints,
        SSLContext tls,
        String authorization,
        Duration timeout,
        Duration patience) {}
