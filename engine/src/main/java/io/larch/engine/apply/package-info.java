/**
 * Committed entries become state: {@link io.larch.engine.apply.StateMachine} gives each command to
 * the application of its domain, once ({@link io.larch.engine.apply.CommandDeduplicator}), in the
 * time of the cluster ({@link io.larch.engine.apply.ClusterClock}), and changes of the membership
 * to the members' room. {@link io.larch.engine.apply.CommandAdmission} keeps out of the log what
 * could not be applied.
 *
 * <p>On the engine thread. What happens here depends on the entries alone, so it is the same on
 * every member. Knows applications through their common door and tells outcomes through {@link
 * io.larch.engine.apply.CommandOutcomes}; whoever waits for them is another room's matter.
 *
 * <p>Read first: {@link io.larch.engine.apply.StateMachine#onEntry}.
 */
package io.larch.engine.apply;
