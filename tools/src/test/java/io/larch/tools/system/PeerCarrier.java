package io.larch.tools.system;

import java.util.Locale;

/** What carries messages between the members of a cluster. */
public enum PeerCarrier {
    UDP,
    TCP,
    TLS;

    private static final String PROPERTY = "larch.peers";

    /** Where a test leaves it open: UDP, or what {@code -Dlarch.peers} says. */
    static PeerCarrier usual() {
        final String asked = System.getProperty(PROPERTY, "").trim();
        return asked.isEmpty() ? UDP : valueOf(asked.toUpperCase(Locale.ROOT));
    }

    /**
     * Of a test that runs in both thread layouts: the usual one where one thread does all, and this
     * one where engine and edge have their own, so that each is there once.
     */
    public PeerCarrier whenSplit() {
        final boolean isAsked = System.getProperty(PROPERTY) != null;
        return !isAsked && Servers.extraFlags().contains("--threads=split") ? this : usual();
    }

    String scheme() {
        return this == TLS ? "https" : "http";
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
