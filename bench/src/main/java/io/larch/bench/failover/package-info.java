/** How long a cluster takes no writes after its leader was killed; for Larch and for etcd alike. */
package io.larch.bench.failover;
