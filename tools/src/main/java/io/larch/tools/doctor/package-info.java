/**
 * {@code larchd doctor}: what of a machine bites people who run a member on it, each finding with a
 * figure and what to do.
 *
 * <p>Runs on the main thread of a process of its own, beside a member or before its first start; it
 * reads, asks peers for their pages, and writes one file that it removes. Each check is a class
 * that sees the machine through {@link io.larch.tools.doctor.Machine} only. Knows the flags, how
 * CPUs are listed, and how other servers are asked.
 *
 * <p>Read first: {@code Doctor}, then {@code Check}.
 */
package io.larch.tools.doctor;
