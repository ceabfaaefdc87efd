/**
 * HTTP/1.1 as it is on the wire: requests from bytes, as strict as Go's server; heads and bodies of
 * replies to bytes; and the bound of what unfinished requests may take. Knows no page and no key.
 *
 * <p>Thread: a decoder is one connection's, a writer one event loop's; {@link
 * io.larch.http.wire.InputBudget} is shared by all.
 *
 * <p>May know: {@link io.larch.http.text}, {@link io.larch.http.go} for the words of its errors.
 *
 * <p>Read first: {@link io.larch.http.wire.HttpDecoder}, then {@link
 * io.larch.http.wire.ReplyWriter}.
 */
package io.larch.http.wire;
