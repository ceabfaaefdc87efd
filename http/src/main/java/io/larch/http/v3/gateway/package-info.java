/**
 * The JSON gateway: each method of the v3 API at a path of HTTP, its messages as JSON. {@link
 * io.larch.http.v3.gateway.Messages} says how messages look, {@link
 * io.larch.http.v3.gateway.JsonRequest} and {@link io.larch.http.v3.gateway.JsonResponse} turn one
 * form into the other, as etcd's grpc-gateway does.
 *
 * <p>Thread: one event loop.
 *
 * <p>May know: what pages see, protobuf of {@link io.larch.engine.codec.kv}, Jackson's parser.
 *
 * <p>Read first: {@link io.larch.http.v3.gateway.Route}.
 */
package io.larch.http.v3.gateway;
