/** The server process: flags, logs, signals, and the one place where all parts meet. */
package io.larch.tools.server;
