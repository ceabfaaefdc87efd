package io.larch.engine.application;

/** Makes an empty application for a member. */
@FunctionalInterface
public interface ApplicationFactory {
    /**
     * @param sink where it tells about watches.
     * @param time the cluster's, for reads.
     */
    Application create(WatchSink sink, ClusterTime time);
}
