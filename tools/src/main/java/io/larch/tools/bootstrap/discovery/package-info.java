/**
 * Finding the other members of a new cluster: at a token of a discovery service, which is any
 * server of the v2 keys API, or in the SRV records of a domain.
 *
 * <p>Runs on the main thread and blocks there for as long as the others take. A registration is
 * never repeated unless its answer was lost, and then its second answer is understood. Knows the
 * engine's value types of members and {@code java.net}; no flags and no data directory.
 *
 * <p>Read first: {@code DiscoveryService.join}, then {@code SrvDiscovery.find}.
 */
package io.larch.tools.bootstrap.discovery;
