package io.larch.http.metrics;

/** Of the hashing and comparing of passwords. Threadsafe. */
public interface PasswordFigures {
    /** How many wait for it now. */
    int waiting();

    /** How many were hashed or compared. */
    long done();

    /** How long that has taken, in nanoseconds. */
    long busyNanos();
}
