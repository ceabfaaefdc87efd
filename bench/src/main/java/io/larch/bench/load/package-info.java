/**
 * Load on a server of the v2 or v3 API, Larch or etcd, and what was measured of it. Knows no
 * member: it speaks HTTP and HTTP/2 by itself.
 *
 * <p>One thread drives all connections of a run; nothing here is threadsafe.
 *
 * <p>Read first: {@code LoadMain}, then {@code LoadGenerator} and {@code Workload}.
 */
package io.larch.bench.load;
