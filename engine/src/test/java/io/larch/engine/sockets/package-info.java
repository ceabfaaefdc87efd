/** Where the tests of all modules get the ports of their servers from. */
package io.larch.engine.sockets;
