/**
 * The client's side of HTTP and JSON for what asks another server now and then: the first start of
 * a member, the training run, measurements.
 *
 * <p>Blocks the thread that asks. Built on sockets and jackson-jr; a member that needs neither
 * discovery nor others at its start never loads them. Knows nothing of Larch.
 *
 * <p>Read first: {@code SimpleHttpClient}.
 */
package io.larch.tools.client;
