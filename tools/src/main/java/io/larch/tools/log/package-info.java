/** The log of the process: etcd's line format, written by a thread of its own. */
package io.larch.tools.log;
