/**
 * Which CPUs the threads of a process run on: lists of CPUs as Linux writes them, what this machine
 * lets the process use, and the placing of threads.
 *
 * <p>{@code CpuList} and {@code UsableCpus} only read; {@code Placement} is called by the main
 * thread and by each thread that is placed, and {@code PinnedThreads} has one thread of its own,
 * {@code larch-cpus}. The kernel is called by JNA, which is loaded only where threads are pinned.
 * Knows the exception of a failed start, and nothing else of Larch.
 *
 * <p>Read first: {@code Placement}, then {@code PinnedThreads}.
 */
package io.larch.tools.cpus;
