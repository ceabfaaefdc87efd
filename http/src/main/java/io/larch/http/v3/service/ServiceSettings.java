package io.larch.http.v3.service;

import io.larch.engine.port.Standing;

/**
 * What all event loops' services know.
 *
 * @param standing says whether this member is a learner.
 * @param version that is announced.
 * @param maxRequestBytes of a command for the log.
 * @param maxMessageBytes of a message, from which on events are told in fragments.
 * @param maxTxnOps of the operations of a transaction, with those nested in it.
 * @param minLeaseTtlSeconds a shorter one is made as long.
 * @param requestTimeoutNanos within which the engine has to answer.
 * @param electionTimeoutNanos of the members.
 * @param progressIntervalNanos between two words to a watch that has no events.
 */
public record ServiceSettings(
        long clusterId,
        long memberId,
        Standing standing,
        String version,
        int maxRequestBytes,
        int maxMessageBytes,
        int maxTxnOps,
        long minLeaseTtlSeconds,
        long requestTimeoutNanos,
        long electionTimeoutNanos,
        long progressIntervalNanos) {}
