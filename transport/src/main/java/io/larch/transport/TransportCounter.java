package io.larch.transport;

/** What a transport counts. */
public enum TransportCounter {
    /** Messages taken for a peer. */
    MESSAGES_SENT,
    BYTES_SENT,
    /** Messages handed to the engine. */
    MESSAGES_RECEIVED,
    BYTES_RECEIVED,

    /** Refused: the peer is not known or not connected. */
    REFUSED_NOT_CONNECTED,
    /** Refused: too much is waiting for the peer's window. */
    REFUSED_BACK_PRESSURED,
    /** Refused: longer than any message may be. */
    REFUSED_TOO_LONG,
    /** Taken, but had to wait for the peer's window. */
    DELAYED_BACK_PRESSURED,
    /** Had waited for the peer's window when its connection was lost. */
    LOST_WITH_CONNECTION,

    /** Too short, of no known kind, or not well-formed. */
    DROPPED_MALFORMED,
    /** Of another version of the protocol. */
    DROPPED_VERSION,
    /** The checksum is wrong. */
    DROPPED_DAMAGED,
    /** Of another cluster. */
    DROPPED_FOREIGN,
    /** For another member, or from this one. */
    DROPPED_MISDIRECTED,
    /** For an earlier life of this member. */
    DROPPED_STALE,
    /** Pieces of long messages that do not follow what came before, or come from strangers. */
    DROPPED_PIECES,

    /** Peers of which nothing was heard were told where this member is. */
    HELLOS_SENT,
    /** The engine was told of a peer that cannot be answered. */
    STRANGERS_TOLD,

    CONNECTIONS_GAINED,
    CONNECTIONS_LOST,
    /** Another URL or address of a peer was tried. */
    ADDRESSES_CHANGED,
    /** A peer that did not answer got new streams, from another port. */
    STREAMS_RENEWED,
    /** Streams that led to this member, but were meant for another one. */
    STREAMS_REFUSED,
    /** The driver was lost and replaced. */
    DRIVERS_REPLACED,
    /** Errors the driver reported: sends that failed, damaged datagrams. */
    DRIVER_ERRORS,

    SNAPSHOTS_STARTED,
    SNAPSHOTS_SENT,
    SNAPSHOTS_FAILED,
    SNAPSHOT_BYTES_SENT,
    SNAPSHOT_BYTES_RECEIVED,
    /** Times that a snapshot went back to what the peer has of it. */
    SNAPSHOT_RESENDS,

    /** Times that the engine was told of a peer that does not answer. */
    SILENCES_TOLD,

    /** The driver asked for datagrams again that were lost on the way here ... */
    NAKS_SENT,
    /** ... or was asked for such, ... */
    NAKS_RECEIVED,
    /** ... and sent them again. */
    RETRANSMITS_SENT,
    /** Datagrams that are none of the driver's protocol. */
    INVALID_DATAGRAMS,
    /** Datagrams that the system did not take whole. */
    SHORT_SENDS
}
