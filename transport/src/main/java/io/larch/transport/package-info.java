/** Peer messages and snapshots over Aeron, driven by the engine's own thread. */
package io.larch.transport;
