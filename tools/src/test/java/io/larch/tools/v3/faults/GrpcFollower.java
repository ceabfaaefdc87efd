package io.larch.tools.v3.faults;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Watches over gRPC. */
final class GrpcFollower extends Follower {
    private volatile ManagedChannel channel;

    GrpcFollower(
            final List<ClusterMember> members,
            final int first,
            final long firstRevision,
            final Journal journal) {
        super("grpc", members, first, firstRevision, journal);
    }

    @Override
    void ask() throws IOException {
        final CompletableFuture<Void> end = new CompletableFuture<>();
        channel = Channels.open(nextMember());
        try {
            WatchGrpc.newStub(channel).watch(into(end)).onNext(request());
            end.join();
        } finally {
            channel.shutdownNow();
        }
        throw new IOException("the stream has ended");
    }

    private WatchRequest request() {
        return WatchRequest.newBuilder()
                .setCreateRequest(
                        WatchCreateRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8(Load.PREFIX))
                                .setRangeEnd(ByteString.copyFromUtf8(Load.END))
                                .setStartRevision(nextRevision()))
                .build();
    }

    private StreamObserver<WatchResponse> into(final CompletableFuture<Void> end) {
        return new StreamObserver<>() {
            @Override
            public void onNext(final WatchResponse response) {
                journal.expect(!response.getCanceled(), "canceled: " + response);
                onMessage(
                        response.getEventsList().stream()
                                .map(
                                        event ->
                                                new Told(
                                                        event.getKv().getModRevision(),
                                                        event.getKv().getKey().toStringUtf8(),
                                                        event.getKv().getVersion()))
                                .toList());
            }

            @Override
            public void onError(final Throwable error) {
                end.complete(null);
            }

            @Override
            public void onCompleted() {
                end.complete(null);
            }
        };
    }

    @Override
    void disconnect() {
        channel.shutdownNow();
    }
}
