package io.larch.transport;

/** What a transport counts. */
public enum TransportCounter {
    /** Messages taken for a peer. */
    MESSAGES_SENT("messages"),
    BYTES_SENT("bytes"),
    /** Messages handed to the engine. */
    MESSAGES_RECEIVED("messages"),
    BYTES_RECEIVED("bytes"),

    /** Refused: the peer is not known or not connected. */
    REFUSED_NOT_CONNECTED("messages"),
    /** Refused: too much is waiting for the peer's window. */
    REFUSED_BACK_PRESSURED("messages"),
    /** Refused: longer than any message may be. */
    REFUSED_TOO_LONG("messages"),
    /** Taken, but had to wait for the peer's window. */
    DELAYED_BACK_PRESSURED("messages"),
    /** Had waited for the peer's window when its connection was lost. */
    LOST_WITH_CONNECTION("messages"),

    /** Too short, of no known kind, or not well-formed. */
    DROPPED_MALFORMED("frames"),
    /** Of another version of the protocol. */
    DROPPED_VERSION("frames"),
    /** The checksum is wrong. */
    DROPPED_DAMAGED("frames"),
    /** Of another cluster. */
    DROPPED_FOREIGN("frames"),
    /** For another member, or from this one. */
    DROPPED_MISDIRECTED("frames"),
    /** For an earlier life of this member. */
    DROPPED_STALE("frames"),
    /** Pieces of long messages that do not follow what came before, or come from strangers. */
    DROPPED_PIECES("frames"),

    /** Peers of which nothing was heard were told where this member is. */
    HELLOS_SENT("frames"),
    /** The engine was told of a peer that cannot be answered. */
    STRANGERS_TOLD("times"),

    CONNECTIONS_GAINED("connections"),
    CONNECTIONS_LOST("connections"),
    /** Another URL or address of a peer was tried. */
    ADDRESSES_CHANGED("times"),
    /** A peer that did not answer got new streams, from another port. */
    STREAMS_RENEWED("times"),
    /** Streams that led to this member, but were meant for another one. */
    STREAMS_REFUSED("streams"),
    /** Connections of which it could not be made out that they are a member's. */
    HANDSHAKES_FAILED("connections"),
    /** The driver was lost and replaced. */
    DRIVERS_REPLACED("drivers"),
    /** Errors the driver reported: sends that failed, damaged datagrams. */
    DRIVER_ERRORS("errors"),

    SNAPSHOTS_STARTED("snapshots"),
    SNAPSHOTS_SENT("snapshots"),
    SNAPSHOTS_FAILED("snapshots"),
    SNAPSHOT_BYTES_SENT("bytes"),
    SNAPSHOT_BYTES_RECEIVED("bytes"),
    /** Times that a snapshot went back to what the peer has of it. */
    SNAPSHOT_RESENDS("times"),

    /** Times that the engine was told of a peer that does not answer. */
    SILENCES_TOLD("times"),

    /** The driver asked for datagrams again that were lost on the way here ... */
    NAKS_SENT("datagrams"),
    /** ... or was asked for such, ... */
    NAKS_RECEIVED("datagrams"),
    /** ... and sent them again. */
    RETRANSMITS_SENT("datagrams"),
    /** Datagrams that are none of the driver's protocol. */
    INVALID_DATAGRAMS("datagrams"),
    /** Datagrams that the system did not take whole. */
    SHORT_SENDS("datagrams");

    private final String unit;

    TransportCounter(final String unit) {
        this.unit = unit;
    }

    /** What is counted, for people. */
    String unit() {
        return unit;
    }
}
