package io.larch.engine.mvcc;

/** Receives versions. */
@FunctionalInterface
public interface VersionConsumer {
    /** The view is valid during the call; the store must not be changed in it. */
    void onVersion(KeyVersion version);
}
