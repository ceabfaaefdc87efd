/**
 * {@code tools/bin/larch-dump}: what is in the files of a member's log and in its snapshots, as
 * text or JSON, and whether they are whole.
 *
 * <p>One thread, which only reads: no lock, no repair. Knows the engine's readers of its own files,
 * so that no format is known twice; neither the running engine nor the server.
 *
 * <p>Read first: {@code LarchDump}, then {@code WalFileDump}.
 */
package io.larch.tools.dump;
