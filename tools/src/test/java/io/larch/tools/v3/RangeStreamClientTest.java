package io.larch.tools.v3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KVGrpc.KVBlockingStub;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * KV.RangeStream as grpc-java asks for it, whose streams have windows and wait for their reader.
 */
@Tag("slow")
@Timeout(120)
class RangeStreamClientTest {
    private static final int KEYS = 3_000;
    private static final int KEYS_AT_ONCE = 100;
    private static final ByteString VALUE = ByteString.copyFromUtf8("v".repeat(1_000));

    /** jetcd does not know it yet: the one field of an answer is taken out here. */
    private static final MethodDescriptor<RangeRequest, RangeResponse> RANGE_STREAM =
            MethodDescriptor.<RangeRequest, RangeResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                    .setFullMethodName("etcdserverpb.KV/RangeStream")
                    .setRequestMarshaller(
                            new MethodDescriptor.Marshaller<>() {
                                @Override
                                public InputStream stream(final RangeRequest request) {
                                    return new ByteArrayInputStream(request.toByteArray());
                                }

                                @Override
                                public RangeRequest parse(final InputStream stream) {
                                    throw new UnsupportedOperationException();
                                }
                            })
                    .setResponseMarshaller(
                            new MethodDescriptor.Marshaller<>() {
                                @Override
                                public InputStream stream(final RangeResponse response) {
                                    throw new UnsupportedOperationException();
                                }

                                @Override
                                public RangeResponse parse(final InputStream stream) {
                                    try {
                                        final var in =
                                                com.google.protobuf.CodedInputStream.newInstance(
                                                        stream.readAllBytes());
                                        assertEquals(0x0a, in.readTag());
                                        return RangeResponse.parseFrom(in.readByteArray());
                                    } catch (final IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                }
                            })
                    .build();

    @RegisterExtension final Servers servers = Servers.inMemory();
    private ManagedChannel channel;
    private KVBlockingStub kv;

    @BeforeEach
    void start() throws IOException {
        final ServerProcess server = servers.larch().start();
        channel =
                ManagedChannelBuilder.forAddress(server.url().getHost(), server.url().getPort())
                        .usePlaintext()
                        .build();
        kv = KVGrpc.newBlockingStub(channel);
        for (int i = 0; i < KEYS; i += KEYS_AT_ONCE) {
            final TxnRequest.Builder puts = TxnRequest.newBuilder();
            for (int j = i; j < i + KEYS_AT_ONCE; j++) {
                puts.addSuccess(RequestOp.newBuilder().setRequestPut(request(j)));
            }
            kv.txn(puts.build());
        }
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
    }

    private void put(final int i) {
        kv.put(request(i));
    }

    private static PutRequest request(final int i) {
        return PutRequest.newBuilder().setKey(key(i)).setValue(VALUE).build();
    }

    private static ByteString key(final int i) {
        return ByteString.copyFromUtf8(String.format("k%05d", i));
    }

    private static RangeRequest.Builder all() {
        return RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .setRangeEnd(ByteString.copyFromUtf8("l"));
    }

    private Iterator<RangeResponse> stream(final RangeRequest request) {
        return ClientCalls.blockingServerStreamingCall(
                channel, RANGE_STREAM, CallOptions.DEFAULT, request);
    }

    @Test
    void shouldBeTheOneAnswerInChunks() {
        final RangeResponse expected = kv.range(all().setLimit(KEYS - 1).build());
        final Iterator<RangeResponse> chunks = stream(all().setLimit(KEYS - 1).build());
        final RangeResponse.Builder together = RangeResponse.newBuilder();
        int count = 0;
        while (chunks.hasNext()) {
            final RangeResponse chunk = chunks.next();
            assertEquals(!chunks.hasNext(), chunk.hasHeader());
            assertEquals(!chunks.hasNext(), chunk.getMore());
            together.mergeFrom(chunk);
            count++;
            put(KEYS + count);
        }
        assertTrue(count > 2, "chunks: " + count);
        assertEquals(expected, together.build());
    }

    @Test
    void shouldEndASlowReaderWhenItsRevisionIsCompacted() {
        final Iterator<RangeResponse> chunks = stream(all().build());
        assertFalse(chunks.next().hasHeader());
        put(0);
        final long revision = kv.range(all().setLimit(1).build()).getHeader().getRevision();
        kv.compact(CompactionRequest.newBuilder().setRevision(revision).setPhysical(true).build());

        final StatusRuntimeException end =
                assertThrows(
                        StatusRuntimeException.class,
                        () -> {
                            while (chunks.hasNext()) {
                                chunks.next();
                            }
                        });
        assertEquals(Status.Code.OUT_OF_RANGE, end.getStatus().getCode());
        assertEquals(
                "etcdserver: mvcc: required revision has been compacted",
                end.getStatus().getDescription());
    }

    @Test
    void shouldGoOnForOthersWhenOneIsCanceled() {
        final Context.CancellableContext context = Context.current().withCancellation();
        context.run(() -> stream(all().build()).next());
        context.cancel(null);

        assertEquals(
                KEYS,
                kv.withDeadlineAfter(20, TimeUnit.SECONDS)
                        .range(all().setCountOnly(true).build())
                        .getCount());
        final StatusRuntimeException sorted =
                assertThrows(
                        StatusRuntimeException.class,
                        () ->
                                stream(all().setSortOrder(RangeRequest.SortOrder.DESCEND).build())
                                        .hasNext());
        assertEquals(Status.Code.UNIMPLEMENTED, sorted.getStatus().getCode());
    }
}
