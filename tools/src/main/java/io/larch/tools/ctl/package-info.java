/**
 * {@code larchctl}: keys, members, users and roles from the command line, through the v2 API of any
 * member, with the commands, flags, words and exit codes of etcdctl 2 as version 3.4.23 has them
 * under {@code ETCDCTL_API=2}. A program of its own, on one thread; a child process for each event
 * of {@code exec-watch}. Knows neither engine nor transport: what it is told comes over HTTP.
 *
 * <p>{@link io.larch.tools.ctl.GoFlags} brings the words into picocli's form, which then fills a
 * command; the command asks a {@link io.larch.tools.ctl.Session} for its end of the API ({@code
 * Keys}, {@code Members}, {@code Auth}), all of which speak through one {@code Cluster}; {@code
 * Printer} alone knows the formats of {@code --output}. What goes wrong is a {@code Failure}: what
 * is printed, and the exit code. {@code import} and {@code export} leave the copying to {@code
 * transfer}, which has connections of its own.
 *
 * <p>Read first: {@link io.larch.tools.ctl.Larchctl}.
 */
package io.larch.tools.ctl;
