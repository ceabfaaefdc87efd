/**
 * The process around a member, seen from the operating system: signals, the limit of open files,
 * systemd, the kind of sockets, the memory of looked-up names, how a start or a member ends.
 *
 * <p>Each class is one such matter and stands alone; they are called by the main thread, the
 * signals' handler by a thread of the JVM, the event loop's watch by that loop. Knows Netty and the
 * transport's watch of a channel; neither flags nor any other part of the server.
 *
 * <p>Read first: {@code Signals}.
 */
package io.larch.tools.process;
