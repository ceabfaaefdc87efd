package io.larch.engine.sim;

import io.larch.engine.application.Application;
import io.larch.engine.application.ApplicationFactory;
import io.larch.engine.application.CommandKind;
import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.application.SlicedRead;
import io.larch.engine.application.SnapshotSection;
import io.larch.engine.application.StateSource;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** The v3 API of one member, held against {@link KvTruth} whenever it has done something. */
public final class CheckedKv implements Application {
    /** Steps of a piece of background work. */
    private static final int[] SLICES = {1, 5, 1, 2, 1, 256};

    /** Of shorter pieces a turn has one only, so that others have their turn in between. */
    private static final int LONG_SLICE = 256;

    /** Pieces of the same length one after the other. */
    private static final int PIECES = 16;

    private final KvApplication checked;
    private final KvTruth truth;
    private final int place;
    private final LongSupplier applied;
    private final Breach breach;
    private int works;
    private boolean isTurnOver;

    private CheckedKv(
            final KvApplication checked,
            final KvTruth truth,
            final int place,
            final LongSupplier applied,
            final Breach breach) {
        this.checked = checked;
        this.truth = truth;
        this.place = place;
        this.applied = applied;
        this.breach = breach;
        breach.of(checked);
    }

    /**
     * A factory of such.
     *
     * @param applied tells the entry that is being applied, or was last.
     * @param breach of a rule.
     */
    static ApplicationFactory of(
            final KvContext context,
            final KvTruth truth,
            final int place,
            final LongSupplier applied,
            final Breach breach) {
        return (sink, time) ->
                new CheckedKv(
                        new KvApplication(context, sink, time), truth, place, applied, breach);
    }

    /** The one that is checked. */
    public KvApplication checked() {
        return checked;
    }

    @Override
    public void passing(final long term, final long nowNanos) {
        truth.passing(place, checked, applied.getAsLong(), term, nowNanos);
        checked.passing(term, nowNanos);
    }

    @Override
    public void apply(final CommandEnvelope command, final Result result) {
        checked.apply(command, result);
        truth.applied(place, checked, applied.getAsLong(), command, result);
    }

    @Override
    public void expire(final long nowNanos, final int most) {
        checked.expire(nowNanos, most);
        truth.expired(place, checked, applied.getAsLong(), most);
    }

    /** The clock stands still within a turn, so it is here that a turn has done enough. */
    @Override
    public int work(final int maxSteps) {
        if (isTurnOver) {
            isTurnOver = false;
            return 0;
        }
        final int slice = SLICES[works++ / PIECES % SLICES.length];
        final long swept = checked.store().sweptRevision();
        final int done = checked.work(Math.min(maxSteps, slice));
        isTurnOver = done > 0 && slice < LONG_SLICE;
        if (checked.store().sweptRevision() != swept) {
            truth.checkHistory(place, checked, works);
        }
        return done;
    }

    @Override
    public void restore(final StateSource records, final int version) {
        checked.restore(records, version);
        breach.of(checked);
        truth.checkHistory(place, checked, 0);
    }

    @Override
    public void take(final Application other) {
        checked.take(((CheckedKv) other).checked);
        breach.of(checked);
        truth.checkHistory(place, checked, 0);
    }

    @Override
    public Application newEmpty() {
        return new CheckedKv((KvApplication) checked.newEmpty(), truth, place, applied, breach);
    }

    // --- all else goes through ---

    @Override
    public int domain() {
        return checked.domain();
    }

    @Override
    public CommandKind kind(final byte type) {
        return checked.kind(type);
    }

    @Override
    public int featureLevel(final byte type) {
        return checked.featureLevel(type);
    }

    @Override
    public boolean isWellFormed(final DirectBuffer buffer, final int offset, final int length) {
        return checked.isWellFormed(buffer, offset, length);
    }

    @Override
    public int admit(final CommandEnvelope command, final Growth underWay, final Growth growth) {
        return checked.admit(command, underWay, growth);
    }

    @Override
    public boolean isBehind() {
        return checked.isBehind();
    }

    @Override
    public long nextExpiryNanos() {
        return checked.nextExpiryNanos();
    }

    @Override
    public int propose(final long nowNanos, final MutableDirectBuffer target) {
        return checked.propose(nowNanos, target);
    }

    @Override
    public boolean hasWork() {
        return checked.hasWork();
    }

    @Override
    public void clusterChanged() {
        checked.clusterChanged();
    }

    @Override
    public void read(final CommandEnvelope query, final int maxBytes, final Result result) {
        checked.read(query, maxBytes, result);
        truth.read(place, applied.getAsLong(), query, result);
    }

    @Override
    public SlicedRead open(final CommandEnvelope query, final Result result) {
        return checked.open(query, result);
    }

    @Override
    public long heldBytes() {
        return checked.heldBytes();
    }

    @Override
    public void watch(final CommandEnvelope watch, final Result result) {
        checked.watch(watch, result);
    }

    @Override
    public void cancelWatch(final long correlationId) {
        checked.cancelWatch(correlationId);
    }

    @Override
    public void endAllWatches() {
        checked.endAllWatches();
    }

    @Override
    public long index() {
        return checked.index();
    }

    @Override
    public long entries() {
        return checked.entries();
    }

    @Override
    public long bytes() {
        return checked.bytes();
    }

    @Override
    public boolean isNearlyFull() {
        return checked.isNearlyFull();
    }

    @Override
    public SnapshotSection snapshot() {
        return checked.snapshot();
    }

    @Override
    public void close() {
        checked.close();
    }
}
