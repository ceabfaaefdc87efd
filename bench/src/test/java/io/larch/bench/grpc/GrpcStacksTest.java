package io.larch.bench.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is compared does the same. */
class GrpcStacksTest {
    private static final byte[] PUT = {0x0a, 1, 'a', 0x12, 1, 'b'};
    private static final byte[] RANGE = {0x0a, 1, 'a'};

    @TempDir Path directory;

    private static final class Call extends ClientCall.Listener<byte[]> {
        private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

        @Override
        public void onMessage(final byte[] message) {
            answer.complete(message);
        }

        @Override
        public void onClose(final Status status, final Metadata trailers) {
            answer.completeExceptionally(status.asException());
        }
    }

    private static byte[] call(
            final ManagedChannel channel, final String name, final byte[] request) {
        final MethodDescriptor<byte[], byte[]> method = JavaKv.method(name);
        final ClientCall<byte[], byte[]> call = channel.newCall(method, CallOptions.DEFAULT);
        final Call answer = new Call();
        call.start(answer, new Metadata());
        call.request(1);
        call.sendMessage(request);
        call.halfClose();
        return answer.answer.join();
    }

    @Test
    void shouldAnswerTheSameByBothStacks() throws Exception {
        try (GrpcStacks stacks = new GrpcStacks(directory, 0, 0)) {
            final ManagedChannel own = connect(stacks.ownPort());
            final ManagedChannel java = connect(stacks.javaPort());

            final byte[] first = call(own, "Put", PUT);
            final byte[] second = call(java, "Put", PUT);
            assertEquals(first.length, second.length);
            assertArrayEquals(call(own, "Range", RANGE), call(java, "Range", RANGE));

            own.shutdownNow();
            java.shutdownNow();
        }
    }

    private static ManagedChannel connect(final int port) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                .usePlaintext()
                .build();
    }
}
