package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.larch.engine.application.Result;
import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

class StoreAllocationTest {
    private static final int OPERATIONS = 5_000;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);
    private final KeysCommand command = new KeysCommand();
    private final Result result = new Result();
    private final byte[][] paths = new byte[64][];
    private final byte[] value = new byte[100];
    private Store store;
    private boolean isListingRemembered = true;

    @Test
    void shouldAllocateNothingInSteadyState() {
        final WatchSink deaf =
                new WatchSink() {
                    @Override
                    public void onWatchStart(final long correlationId, final long storeIndex) {}

                    @Override
                    public void onEvents(
                            final long[] ids,
                            final int count,
                            final DirectBuffer event,
                            final int offset,
                            final int length) {}

                    @Override
                    public void onWatchEnd(final long correlationId) {}
                };
        for (int i = 0; i < paths.length; i++) {
            paths[i] = ("/service/app/key-" + i).getBytes(StandardCharsets.US_ASCII);
        }
        store = new Store(new StoreContext().maxNodes(10_000).conclude(), deaf);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 20 && allocated > OPERATIONS / 10; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            run();
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        // Less than a byte in ten operations: nothing that an operation does.
        assertTrue(allocated <= OPERATIONS / 10, allocated + " bytes");
        assertTrue(isListingRemembered);
        store.close();
    }

    private void run() {
        for (int i = 0; i < OPERATIONS; i++) {
            final byte[] path = paths[i % paths.length];
            final long now = i * 1_000_000L;
            store.watch(encode(CommandType.WATCH, path, now, CommandEnvelope.PERMANENT), result);
            store.apply(encode(CommandType.SET, path, now, now + 30_000_000L), result);
            store.get(encode(CommandType.GET, path, now, 0), now, result);
            store.get(
                    encode(CommandType.GET, SERVICE, now, CommandEnvelope.PERMANENT), now, result);
            if (i % 3 == 0) {
                store.apply(encode(CommandType.DELETE, path, now, 0), result);
            }
            store.apply(encode(CommandType.SET, LASTING, now, CommandEnvelope.PERMANENT), result);
            for (int reads = 0; reads < 2; reads++) {
                store.get(encode(CommandType.GET, PLAIN, now, 0), now, result);
                isListingRemembered &= result.listing() != 0;
            }
            store.applySync(now, Integer.MAX_VALUE);
        }
    }

    private static final byte[] PLAIN = "/plain".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LASTING = "/plain/key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVICE = "/service/app".getBytes(StandardCharsets.US_ASCII);

    private KeysCommand encode(
            final CommandType type, final byte[] path, final long now, final long expiration) {
        final int at =
                KeysCommand.encodeHeader(
                        buffer, 0, type, 0, 1, now, expiration, 0, path.length, value.length, 0);
        buffer.putBytes(at, path);
        buffer.putBytes(at + path.length, value);
        return command.wrap(buffer, 0);
    }
}
