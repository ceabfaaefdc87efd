package io.larch.tools.v3.faults;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Writes over gRPC, and never tries again by itself. */
final class GrpcWriter extends Writer {
    private static final int LIMIT_SECONDS = 4;

    /** What clients may be told while members die, stand still and vote. */
    private static final Set<Status.Code> FAILURES =
            Set.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);

    private final ManagedChannel channel;

    GrpcWriter(final ClusterMember member, final Journal journal) {
        super(member, "grpc", journal);
        channel = Channels.open(member);
    }

    @Override
    long write(final String key, final String counterKey) throws IOException {
        final ByteString value = ByteString.copyFromUtf8(key);
        final TxnRequest request =
                TxnRequest.newBuilder()
                        .addCompare(
                                Compare.newBuilder()
                                        .setTarget(Compare.CompareTarget.CREATE)
                                        .setKey(value)
                                        .setCreateRevision(0))
                        .addSuccess(put(value, value))
                        .addSuccess(put(ByteString.copyFromUtf8(counterKey), value))
                        .build();
        try {
            final TxnResponse response =
                    KVGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
                            .txn(request);
            return response.getSucceeded() ? response.getHeader().getRevision() : -1;
        } catch (final StatusRuntimeException e) {
            journal.expect(
                    isStopped() || FAILURES.contains(e.getStatus().getCode()), this + ": " + e);
            channel.resetConnectBackoff();
            throw new IOException(e);
        }
    }

    private static RequestOp put(final ByteString key, final ByteString value) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value))
                .build();
    }

    @Override
    void disconnect() {
        channel.shutdownNow();
    }
}
