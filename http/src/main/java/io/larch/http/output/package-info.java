/**
 * What is kept for clients until they have taken it: long answers printed piece by piece, events
 * printed once for all who watch, and the bound of all that together. Who does not read is cut off.
 *
 * <p>Thread: one event loop; {@link io.larch.http.output.OutputBudget} is shared by all.
 *
 * <p>May know: {@link io.larch.http.keys} to print, {@link io.larch.http.text}, the engine's codec,
 * Netty.
 *
 * <p>Read first: {@link io.larch.http.output.OutputBudget}, then {@link
 * io.larch.http.output.SlowReaders}.
 */
package io.larch.http.output;
