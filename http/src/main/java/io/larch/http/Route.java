package io.larch.http;

import java.util.EnumSet;
import java.util.Set;

/** Where a request goes, by its path and by the door it came through. */
enum Route {
    KEYS,
    OPTIONS,
    REDIRECT,
    NOT_FOUND,
    AUTH,
    MEMBERS("/v2/members", true, Door.CLIENT),
    MACHINES("/v2/machines", false, Door.CLIENT),
    STATS_SELF("/v2/stats/self", false, Door.CLIENT),
    STATS_LEADER("/v2/stats/leader", false, Door.CLIENT),
    LEADER_LATENCY("/v2/stats/leader/latency", false, Door.CLIENT),
    STAGE_LATENCY("/v2/stats/latency", false, Door.CLIENT),
    STATS_STORE("/v2/stats/store", false, Door.CLIENT),
    LEADER("/v2/leader", false, Door.CLIENT, Door.PEER),
    ADMIN_CONFIG("/v2/admin/config", false, Door.CLIENT, Door.PEER),
    ADMIN_MACHINES("/v2/admin/machines", true, Door.CLIENT, Door.PEER),
    VERSION("/version", false, Door.CLIENT, Door.PEER),
    HEALTH("/health", false, Door.CLIENT),
    LIVEZ("/livez", false, Door.CLIENT),
    READYZ("/readyz", false, Door.CLIENT),
    METRICS("/metrics", false, Door.CLIENT),
    DEBUG_VARS("/debug/vars", false, Door.CLIENT),
    LOG_LEVEL("/config/local/log", false, Door.CLIENT),
    PEER_MEMBERS("/members", false, Door.PEER),
    RAFT("/raft", true, Door.PEER);

    private static final Route[] VALUES = values();

    private final String path;
    private final boolean isTree;
    private final Set<Door> doors;

    /** A route that is not found by comparing paths. */
    Route() {
        this.path = "";
        this.isTree = false;
        this.doors = EnumSet.noneOf(Door.class);
    }

    Route(final String path, final boolean isTree, final Door... doors) {
        this.path = path;
        this.isTree = isTree;
        this.doors = EnumSet.of(doors[0], doors);
    }

    String path() {
        return path;
    }

    /** Whether everything below the path belongs to it. */
    boolean isTree() {
        return isTree;
    }

    boolean isBehind(final Door door) {
        return doors.contains(door);
    }

    static Route[] all() {
        return VALUES;
    }

    /** Who comes in by a listener. */
    enum Door {
        CLIENT,
        PEER
    }
}
