/**
 * What the operator says: the command line, variables of the environment, the YAML file of etcd 3
 * and the TOML file of etcd 0.4, by etcd's rules and in its words; checked, and made one {@link
 * io.larch.tools.flags.ServerConfig} that is only read from then on.
 *
 * <p>Runs on the main thread before anything else, logs nothing itself (what is to be said is a
 * {@link io.larch.tools.flags.Remark} until the level of the log is known) and opens no file but
 * those two, but for what the kernel tells of CPUs. Knows the engine's value types of members, the
 * log's levels, lists of CPUs and what TLS is told, no other part of the server.
 *
 * <p>Read first: {@code LarchFlags}, then {@code FlagTable}.
 */
package io.larch.tools.flags;
