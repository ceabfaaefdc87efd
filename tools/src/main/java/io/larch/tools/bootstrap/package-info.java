/**
 * Who a member is when it starts for the first time and whom it meets, by its flags, by the DNS, at
 * a discovery service or from the running cluster that it joins; and whether it is the first time
 * at all, which its data directory tells.
 *
 * <p>Runs on the main thread and blocks there, at a discovery service for hours; nothing is open
 * meanwhile that would have to be closed. Knows the flags, the engine's rules of membership and its
 * probe of a log; neither the running engine nor an edge.
 *
 * <p>Read first: {@code FirstStart}; for a restart, {@code DataDirectory}.
 */
package io.larch.tools.bootstrap;
