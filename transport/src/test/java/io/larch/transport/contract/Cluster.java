package io.larch.transport.contract;

import static org.junit.jupiter.api.Assertions.fail;

import io.larch.engine.port.PeerTransport;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.SelectorWait;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Members in one process, all driven by the test's thread. */
public abstract class Cluster implements AutoCloseable {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LONGEST_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Path directory;
    private final SelectorWait selector = new SelectorWait();
    private final List<TestMember> members = new ArrayList<>();
    private final List<Runnable> onTurn = new ArrayList<>();
    private long lastRealNanos = System.nanoTime();
    private long nowNanos;
    private int slowness = 1;

    protected Cluster(final Path directory) {
        this.directory = directory;
    }

    public Path directory() {
        return directory;
    }

    public SelectorWait selector() {
        return selector;
    }

    /** Goes with the real one, but stands still while the machine does not let the test run. */
    public long nanoTime() {
        final long realNanos = System.nanoTime();
        nowNanos += Math.min(realNanos - lastRealNanos, LONGEST_STEP_NANOS) / slowness;
        lastRealNanos = realNanos;
        return nowNanos;
    }

    /** Of the real time, only such a part passes: for what must be done before a time is over. */
    public void slowDown(final int times) {
        nanoTime();
        slowness = times;
    }

    /** As if nobody had run for so long. */
    public void skip(final long nanos) {
        nowNanos += nanos;
    }

    /** What carries the frames of a member, and what is to be done once it is open. */
    public record Carrier(PeerTransport transport, TransportCounters counters, Runnable onOpen) {}

    /** Makes the transport of a member. */
    protected abstract Carrier carrier(TestMember member, Wishes wishes);

    /** Of the members' URLs. */
    public String scheme() {
        return "http";
    }

    public TestMember add(final long id) {
        return add(id, "127.0.0.1", FreePort.next(), 1);
    }

    public TestMember add(
            final long id, final String host, final int port, final long incarnation) {
        return add(id, host, port, incarnation, new Wishes());
    }

    public TestMember add(
            final long id,
            final String host,
            final int port,
            final long incarnation,
            final Wishes wishes) {
        final TestMember member = new TestMember(this, id, host, port, incarnation, wishes);
        members.add(member);
        return member;
    }

    /** One that listens at other URLs than the one it tells. */
    public TestMember addHearing(
            final long id, final String host, final int port, final List<String> listenUrls) {
        final Wishes wishes = new Wishes();
        wishes.listenUrls = listenUrls;
        return add(id, host, port, 1, wishes);
    }

    /** Also runs this in every turn. */
    public void onTurn(final Runnable action) {
        onTurn.add(action);
    }

    public TestMember member(final long id) {
        return members.stream().filter(each -> each.id == id).findFirst().orElseThrow();
    }

    /** The next life of a member, on the same port. */
    public TestMember restart(final TestMember member, final long incarnation) {
        remove(member);
        return add(member.id, member.host, member.port, incarnation);
    }

    public void remove(final TestMember member) {
        members.remove(member);
        member.close();
    }

    public void connectAll() {
        for (final TestMember each : members) {
            for (final TestMember other : members) {
                if (other != each) {
                    each.transport.connect(other.id, List.of(other.url()));
                }
            }
        }
        run(() -> members.stream().allMatch(this::isConnected), "all are connected");
    }

    public boolean isConnected(final TestMember member) {
        return member.count(TransportCounter.CONNECTIONS_GAINED)
                        - member.count(TransportCounter.CONNECTIONS_LOST)
                >= members.size() - 1;
    }

    /** Drives all members until something is so. */
    public void run(final BooleanSupplier condition, final String what) {
        run(members, condition, what);
    }

    public void run(
            final List<TestMember> driven, final BooleanSupplier condition, final String what) {
        final long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            int workCount = 0;
            for (final TestMember member : driven) {
                workCount += member.turn();
            }
            onTurn.forEach(Runnable::run);
            if (workCount == 0) {
                selector.await(WAIT_NANOS);
            }
            if (System.nanoTime() - deadline > 0) {
                final StringBuilder text = new StringBuilder("never: ").append(what);
                members.forEach(
                        each ->
                                text.append("\nmember ")
                                        .append(each.id)
                                        .append(": ")
                                        .append(each.counters()));
                fail(text.toString());
            }
        }
    }

    @Override
    public void close() {
        members.forEach(TestMember::close);
        selector.close();
    }
}
