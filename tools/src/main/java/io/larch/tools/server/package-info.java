/**
 * The server: its main class, and the assembly of engine, edge and transport in one of two thread
 * layouts.
 *
 * <p>The main thread starts a member and waits for its end. Fused: one thread runs edge, engine and
 * transport as one duty cycle. Split: event loops and the engine on threads of their own, with
 * rings between them. Only here all parts meet: this package knows every other of the member's, and
 * only the training run knows it.
 *
 * <p>Read first: {@code LarchServer}, {@code LarchAssembly}, then one of {@code FusedMember} and
 * {@code SplitMember}.
 */
package io.larch.tools.server;
