/**
 * What gRPC costs: the same engine behind grpc-java and behind Larch's own layer, each at a port of
 * one process and on one thread. Read first: {@link io.larch.bench.grpc.GrpcStacks}.
 */
package io.larch.bench.grpc;
