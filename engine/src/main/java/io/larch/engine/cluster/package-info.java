/** Who belongs to the cluster: members, their ids and their URLs, by etcd's rules. */
package io.larch.engine.cluster;
