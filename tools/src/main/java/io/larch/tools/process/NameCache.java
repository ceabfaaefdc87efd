package io.larch.tools.process;

import java.security.Security;

/** The Java machine's memory of names that it looked up. */
public final class NameCache {
    private static final String NOT_AT_ALL = "0";

    private NameCache() {}

    /**
     * Forgets at once what a name meant, and that it meant nothing: a member may be found at
     * another address from one second to the next, and those who look names up often remember them
     * themselves. Of no use once a name was looked up.
     */
    public static void disable() {
        Security.setProperty("networkaddress.cache.ttl", NOT_AT_ALL);
        Security.setProperty("networkaddress.cache.negative.ttl", NOT_AT_ALL);
    }
}
