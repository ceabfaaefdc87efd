/**
 * The log: etcd's line formats behind slf4j, with levels by package that may change while the
 * member runs, to a stream, to the journal or to a file that Log4j's appender puts aside.
 *
 * <p>Any thread logs and none waits for whoever reads the log: lines go to one writer thread of a
 * bounded queue. Knows nothing of Larch but the names of its packages, and is known by what sets
 * levels; all others see slf4j only.
 *
 * <p>Read first: {@code LarchLoggerFactory}, then {@code LogWriter}.
 */
package io.larch.tools.log;
