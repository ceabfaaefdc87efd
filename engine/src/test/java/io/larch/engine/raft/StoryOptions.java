package io.larch.engine.raft;

import java.util.TreeMap;

/** Settings of a story's members, {@code name=value}; what is not set has a default for stories. */
final class StoryOptions {
    static final long CLUSTER_ID = 0xc1;

    private final TreeMap<String, String> options = new TreeMap<>();

    StoryOptions set(final String name, final Object value) {
        options.put(name, value.toString());
        return this;
    }

    /** Takes {@code name=value}. */
    void set(final String word) {
        final int equals = word.indexOf('=');
        set(word.substring(0, equals), word.substring(equals + 1));
    }

    RaftConfig config(final long id) {
        return new RaftConfig()
                .id(id)
                .clusterId(number("cluster", CLUSTER_ID))
                .seed(number("seed", 0) + id)
                .electionTicks((int) number("election", 10))
                .heartbeatTicks((int) number("heartbeat", 2))
                .electionTimer(isOn("timers", false))
                .fixedTimeoutTicks((int) number("timeout", 0))
                .preVote(isOn("prevote", true))
                .checkQuorum(isOn("checkquorum", true))
                .leaseReads(isOn("lease", false))
                .autoPromote(isOn("promote", false))
                .maxInflightMessages((int) number("inflight", 256))
                .maxInflightBytes(number("inflightbytes", 1 << 20))
                .maxAppendEntries((int) number("batch", 64))
                .maxUncommittedBytes(number("uncommitted", 0))
                .maxEntryBytes((int) number("entry", 1000))
                .admission(new NameAdmission(options.getOrDefault("refuse", "")));
    }

    private long number(final String name, final long otherwise) {
        final String value = options.get(name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    private boolean isOn(final String name, final boolean otherwise) {
        final String value = options.get(name);
        return value == null ? otherwise : value.equals("on");
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("options");
        options.forEach((name, value) -> text.append(' ').append(name).append('=').append(value));
        return text.toString();
    }
}
