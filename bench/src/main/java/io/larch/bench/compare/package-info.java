/**
 * Larch beside etcd: starts both, puts both under the same load in turns, and reports what part of
 * etcd's figures Larch's are, with the goals beside.
 *
 * <p>One thread does all of it: it is the load generator's as well.
 *
 * <p>Read first: {@code CompareMain}, then {@code Plan}, which lists what is measured and the
 * goals, and {@code LoadExperiment}.
 */
package io.larch.bench.compare;
