/**
 * Who the members are: the replicated membership ({@link io.larch.engine.member.ClusterState}),
 * changes of it that clients ask for ({@link io.larch.engine.member.MembershipChanges}), what this
 * member is ({@code LocalMember}), who leads ({@link io.larch.engine.member.LeaderInfo}), what all
 * members understand ({@link io.larch.engine.member.FeatureLevel}), and how one leaves.
 *
 * <p>On the engine thread; the values are immutable. Knows ports, Raft and the log's own records.
 *
 * <p>Read first: {@link io.larch.engine.member.ClusterState}.
 */
package io.larch.engine.member;
