package io.larch.tools.v3.faults;

/**
 * An event as a watch told it.
 *
 * @param revision its modification revision.
 */
record Told(long revision, String key, long version) {}
