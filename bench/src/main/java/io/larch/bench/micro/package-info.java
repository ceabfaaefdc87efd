/**
 * Time and allocation of one part at a time, by JMH, which makes the threads. May know all of the
 * engine and the edge.
 */
package io.larch.bench.micro;
