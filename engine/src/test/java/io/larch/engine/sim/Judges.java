package io.larch.engine.sim;

/** Those who look at what clients were told, over all members and all their lives. */
record Judges(
        Clients clients,
        Locks locks,
        WatchCheck watches,
        Tally tally,
        AuthCheck auth,
        KvTruth kv,
        KvHistory revisions) {

    /**
     * @param isUnderLeases whether there are locks that are keys under leases.
     */
    static Judges of(final boolean isUnderLeases) {
        final KvTruth kv = new KvTruth();
        return new Judges(
                new Clients(),
                new Locks(isUnderLeases),
                new WatchCheck(),
                new Tally(),
                new AuthCheck(),
                kv,
                new KvHistory(kv.model()));
    }
}
