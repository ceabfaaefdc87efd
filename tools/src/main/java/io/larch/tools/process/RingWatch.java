package io.larch.tools.process;

import io.larch.transport.ChannelWatch;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.nio.channels.SelectionKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that a ring tells to be ready: by one poll after the other, each asked for when what the
 * last one told was looked at, so that what is left unread ends the next wait. While a poll is out
 * the kernel keeps the socket open, also behind its close; so it is taken back before.
 *
 * <p>All calls on the event loop's thread. See io_uring_enter(2), IORING_OP_POLL_ADD and
 * IORING_OP_ASYNC_CANCEL.
 */
final class RingWatch implements ChannelWatch.Watched, IoUringIoHandle {
    private static final Logger LOG = LoggerFactory.getLogger(RingWatch.class);

    private static final byte POLL_ADD = 6;
    private static final byte ASYNC_CANCEL = 14;

    /** Of poll(2). */
    private static final int POLLIN = 1;

    private static final int POLLOUT = 4;

    private final IoEventLoop loop;
    private final int socket;
    private final Runnable onReady;
    private final Runnable pollAgain = this::poll;
    private IoRegistration registration;
    private int operations;
    private IoUringIoOps question;

    /** Tells polls of the present operations from those that were taken back. */
    private long generation;

    private long pollId;
    private boolean isPolling;
    private boolean isAboutToPoll;
    private boolean isClosed;

    private RingWatch(
            final IoEventLoop loop,
            final FileDescriptor socket,
            final int operations,
            final Runnable onReady) {
        this.loop = loop;
        this.socket = socket.intValue();
        this.onReady = onReady;
        ask(operations);
    }

    /**
     * @param operations of {@link SelectionKey}.
     * @param onReady called by the loop's thread, within its wait.
     */
    static RingWatch open(
            final IoEventLoop loop,
            final FileDescriptor socket,
            final int operations,
            final Runnable onReady) {
        final RingWatch watch = new RingWatch(loop, socket, operations, onReady);
        watch.registration = loop.register(watch).syncUninterruptibly().getNow();
        watch.poll();
        return watch;
    }

    @Override
    public void operations(final int newOperations) {
        if (newOperations != operations && !isClosed) {
            takeBack();
            ask(newOperations);
            pollLater();
        }
    }

    private void ask(final int newOperations) {
        operations = newOperations;
        generation++;
        question = ops(POLL_ADD, socket, 0, mask(newOperations), generation);
    }

    @Override
    public void handle(final IoRegistration registered, final IoEvent event) {
        final IoUringIoEvent told = (IoUringIoEvent) event;
        if (told.opcode() != POLL_ADD || told.userData() != generation || isClosed) {
            return;
        }
        isPolling = false;
        if (told.res() < 0) {
            LOG.error("socket {} is not watched any more: error {}", socket, -told.res());
            return;
        }
        onReady.run();
        pollLater();
    }

    /** Behind the events at hand: the transport looks at its sockets between two waits. */
    private void pollLater() {
        if (!isAboutToPoll && !isClosed) {
            isAboutToPoll = true;
            loop.execute(pollAgain);
        }
    }

    private void poll() {
        isAboutToPoll = false;
        if (!isClosed && !isPolling && mask(operations) != 0) {
            isPolling = true;
            pollId = registration.submit(question);
        }
    }

    private void takeBack() {
        if (isPolling) {
            isPolling = false;
            registration.submit(ops(ASYNC_CANCEL, -1, pollId, 0, 0L));
        }
    }

    private static IoUringIoOps ops(
            final byte code,
            final int socket,
            final long address,
            final int flags,
            final long userData) {
        return new IoUringIoOps(
                code, (byte) 0, (short) 0, socket, 0L, address, 0, flags, userData, (short) 0,
                (short) 0, 0, 0L);
    }

    private static int mask(final int operations) {
        int mask = 0;
        if ((operations & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
            mask |= POLLIN;
        }
        if ((operations & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
            mask |= POLLOUT;
        }
        return mask;
    }

    /** Also by the loop, when it ends. */
    @Override
    public void close() {
        if (!isClosed) {
            takeBack();
            isClosed = true;
            registration.cancel();
        }
    }
}
