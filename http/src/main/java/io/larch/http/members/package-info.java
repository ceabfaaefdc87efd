/**
 * /v2/members, /v2/machines and what etcd's peer port shows to tools: who is in the cluster, and
 * changes of it. Checks in etcd's order and words.
 *
 * <p>Thread: the event loop of the request; no state.
 *
 * <p>May know: {@link io.larch.http.route} and what it knows, the engine's queries.
 *
 * <p>Read first: {@link io.larch.http.members.MemberPages}.
 */
package io.larch.http.members;
