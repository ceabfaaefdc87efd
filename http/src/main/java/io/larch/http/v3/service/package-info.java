/**
 * The services of etcd's v3 API: what requests may ask, what the engine is asked, what clients are
 * answered. What a key is worth is the engine's.
 *
 * <p>Thread: one event loop; {@link io.larch.http.v3.service.ServiceSettings} never change.
 *
 * <p>May know: {@link io.larch.http.v3.rpc}, {@link io.larch.http.engine}, the engine's ports and
 * codec, Netty's buffers.
 *
 * <p>Read first: {@link io.larch.http.v3.service.Services}, then {@link
 * io.larch.http.v3.service.EngineCall}.
 */
package io.larch.http.v3.service;
