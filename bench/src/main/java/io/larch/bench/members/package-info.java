/** Servers, Larch or etcd, as processes of this machine, for what measures whole clusters. */
package io.larch.bench.members;
