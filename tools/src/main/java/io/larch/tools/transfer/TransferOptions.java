package io.larch.tools.transfer;

import java.time.Duration;

/**
 * What is to be done.
 *
 * @param prefix below which keys are copied, canonical.
 * @param partsDepth directories above this depth are read one by one; 0: all in one answer.
 * @param isFollowing whether changes are applied until the cut-over.
 * @param untilIndex of the source, at which the cut-over comes by itself.
 * @param isForced whether what the target has already may be changed and deleted.
 * @param isVerified whether both sides are compared at the end.
 * @param parallel how many writes are under way at a time.
 * @param quiet how long a watch of the source waits before it takes the history for empty.
 */
public record TransferOptions(
        String prefix,
        int partsDepth,
        boolean isFollowing,
        long untilIndex,
        boolean isForced,
        boolean isVerified,
        int parallel,
        Duration quiet) {}
