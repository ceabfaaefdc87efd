package io.larch.engine.application;

/** The time of the cluster, which applications are told and never ask a clock for. */
public interface ClusterTime {
    /**
     * Nanoseconds since the epoch by the cluster's clock; never behind what was applied here. For
     * reads only: what is applied takes its time from the command.
     */
    long now();

    /**
     * What texts for people add to the cluster's time to show the wall clock's, in nanoseconds.
     * Part of the replicated state: the same on all members at the same entry.
     */
    long wallOffset();
}
