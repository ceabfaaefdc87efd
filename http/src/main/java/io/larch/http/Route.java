package io.larch.http;

/** Where a request goes, by its path. */
enum Route {
    KEYS(null),
    OPTIONS(null),
    REDIRECT(null),
    NOT_FOUND(null),
    AUTH("/v2/auth"),
    MEMBERS("/v2/members"),
    MACHINES("/v2/machines"),
    STATS_SELF("/v2/stats/self"),
    STATS_LEADER("/v2/stats/leader"),
    STATS_STORE("/v2/stats/store"),
    VERSION("/version"),
    HEALTH("/health"),
    LIVEZ("/livez"),
    READYZ("/readyz"),
    METRICS("/metrics"),
    DEBUG_VARS("/debug/vars"),
    LOG_LEVEL("/config/local/log");

    private static final Route[] VALUES = values();

    private final String path;

    Route(final String path) {
        this.path = path;
    }

    /** The exact path; null where there is none. */
    String path() {
        return path;
    }

    static Route[] all() {
        return VALUES;
    }
}
