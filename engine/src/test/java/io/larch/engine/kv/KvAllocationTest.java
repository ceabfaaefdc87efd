package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import java.lang.management.ManagementFactory;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

/** What is asked all the time leaves no garbage. */
class KvAllocationTest {
    private static final int COUNT = 5_000;

    private final KvFixture larch = new KvFixture();
    private final Result result = new Result();
    private final Growth none = new Growth();
    private final Growth growth = new Growth();

    private CommandEnvelope command(final byte type, final ProtoMessage body) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final byte[] bytes = body.bytes();
        buffer.putBytes(KvCommand.encode(buffer, 0, type, 0, 1, 1, bytes.length), bytes);
        return new CommandEnvelope().wrap(buffer, 0);
    }

    private void shouldAllocateNothing(final Runnable work) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long id = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least >= COUNT; round++) {
            final long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < COUNT; i++) {
                work.run();
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
        }
        assertEquals(0, least / COUNT);
        larch.close();
    }

    private void write(final CommandEnvelope command) {
        larch.application.admit(command, none, growth);
        larch.application.passing(1, larch.nowNanos);
        larch.application.apply(command, result);
    }

    @Test
    void shouldPutWithoutGarbage() {
        final CommandEnvelope put =
                command(KvCommand.PUT, message().text(1, "key").text(2, "value").flag(4, true));
        shouldAllocateNothing(() -> write(put));
    }

    @Test
    void shouldPutWithALeaseAndTellWatchesWithoutGarbage() {
        larch.write(KvCommand.LEASE_GRANT, message().number(1, 10).number(2, 7));
        for (int i = 0; i < 20; i++) {
            larch.watch(i, message().text(1, "ke").text(2, "kf").flag(6, i % 2 == 0));
        }
        larch.told.clear();
        final CommandEnvelope put =
                command(KvCommand.PUT, message().text(1, "key").text(2, "value").number(3, 7));
        shouldAllocateNothing(() -> write(put));
    }

    @Test
    void shouldGetWithoutGarbage() {
        larch.write(KvCommand.PUT, message().text(1, "key").text(2, "value"));
        final CommandEnvelope get = command(KvCommand.RANGE, message().text(1, "key"));
        shouldAllocateNothing(() -> larch.application.read(get, 1 << 20, result));
    }

    @Test
    void shouldCompareAndSwapWithoutGarbage() {
        larch.write(KvCommand.PUT, message().text(1, "key").text(2, "value"));
        final ProtoMessage put = message().text(1, "key").text(2, "value");
        final CommandEnvelope swap =
                command(
                        KvCommand.TXN,
                        message()
                                .element(1, message().number(1, 1).number(2, 2).text(3, "key"))
                                .element(2, message().element(2, put))
                                .element(3, message().element(1, message().text(1, "key"))));
        shouldAllocateNothing(() -> write(swap));
    }

    @Test
    void shouldKeepAliveWithoutGarbage() {
        larch.write(KvCommand.LEASE_GRANT, message().number(1, 10).number(2, 7));
        final CommandEnvelope keepAlive =
                command(
                        KvCommand.LEASE_KEEP_ALIVE,
                        message().all(new byte[] {7, 0, 0, 0, 0, 0, 0, 0}));
        shouldAllocateNothing(() -> write(keepAlive));
    }
}
