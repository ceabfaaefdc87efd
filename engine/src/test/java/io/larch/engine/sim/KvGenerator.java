package io.larch.engine.sim;

import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.sim.Operation.Kind;
import java.util.SplittableRandom;

/** Draws what clients of the v3 API do next. */
final class KvGenerator {
    private static final Kind[] KINDS = Kind.values();

    /** Turns between two that begin to watch from the same revision. */
    private static final int TURNS_BETWEEN = 7;

    private final Generator generator;
    private final World world;
    private final SplittableRandom random;
    private final int[] keys = new int[Generator.KEYS];
    private final int[] keyUses = new int[Generator.KEYS];

    /** The lease that was granted last, perhaps: keys come to hang on it. */
    private int granted = 1;

    KvGenerator(final Generator generator, final World world, final SplittableRandom random) {
        this.generator = generator;
        this.world = world;
        this.random = random;
    }

    /** Draws and does one action, or several that go together. */
    void next() {
        final int number = generator.server();
        final Place place = world.place(number);
        if (!place.isUp() || place.edge.waitingCount() > 8) {
            return;
        }
        final int dice = random.nextInt(29);
        if (dice < 10) {
            ask(number);
        } else if (dice < 13) {
            generator.act(
                    Deed.KV_GROUP,
                    number,
                    generator.newValue(),
                    random.nextInt(3) > 0 ? granted : 0);
        } else if (dice < 16) {
            lease(number);
        } else if (dice < 17) {
            generator.act(Deed.KV_COMPACT, number, random.nextInt(1 + random.nextInt(40)));
        } else if (dice == 28) {
            generator.act(Deed.CLOG, number, place.edge.isBehind() ? 0 : random.nextInt(2));
        } else if (dice >= 20) {
            generator.act(Deed.KV_ANY, number, random.nextLong() >>> 1);
        } else if (place.edge.kv().watchCount() > 8 || random.nextInt(4) == 0) {
            generator.act(Deed.KV_UNWATCH, number);
        } else {
            watch(number);
        }
    }

    /** Others come a little later and go back as far, as they do when a connection was lost. */
    private void watch(final int number) {
        final Place place = world.place(number);
        final long newest = place.member.kv().index();
        final int back = random.nextInt(3) == 0 ? 0 : back(place.member.kv().store());
        watch(number, back);
        for (int more = back <= 0 ? 0 : 1 + random.nextInt(4); more > 0; more--) {
            for (int turns = random.nextInt(TURNS_BETWEEN); turns > 0; turns--) {
                generator.act(Deed.TURN, number);
            }
            if (place.isUp()) {
                watch(number, back + place.member.kv().index() - newest);
            }
        }
    }

    private void watch(final int number, final long back) {
        final int key = random.nextInt(3) == 0 ? keys[random.nextInt(Generator.KEYS)] : 0;
        generator.act(Deed.KV_WATCH, number, key, back, random.nextInt(16) & random.nextInt(16));
    }

    /** How far a watch goes back: often to a revision of several changes that is there still. */
    private int back(final MvccStore store) {
        int back = random.nextInt(60) - 10;
        for (int tries = random.nextInt(10); tries > 0; tries--) {
            if (isLong(store, store.revision() + 1 - back)) {
                break;
            }
            back = random.nextInt(40);
        }
        return back;
    }

    private boolean isLong(final MvccStore store, final long revision) {
        return revision > 0
                && revision <= store.revision()
                && !store.isCompacted(revision)
                && world.judges().revisions().at(revision).size() > 2;
    }

    /** There are few, so that what was granted last is there still, or is the one that ends. */
    private void lease(final int number) {
        final int kind = random.nextInt(3);
        final int lease = random.nextInt(3) == 0 ? granted : 1 + random.nextInt(4);
        granted = kind == 0 ? lease : granted;
        generator.act(Deed.KV_LEASE, number, kind, lease, 1 + random.nextInt(3));
    }

    private void ask(final int number) {
        final int slot = random.nextInt(Generator.KEYS);
        if (keys[slot] == 0 || ++keyUses[slot] > Generator.KEY_LIFE) {
            keys[slot] = generator.newKey();
            keyUses[slot] = 0;
        }
        final int key = keys[slot];
        final Kind kind = random.nextInt(3) == 0 ? Kind.READ : KINDS[random.nextInt(KINDS.length)];
        final boolean hasValue =
                kind != Kind.READ && kind != Kind.DELETE && kind != Kind.COMPARE_AND_DELETE;
        final boolean compares = kind == Kind.SWAP || kind == Kind.COMPARE_AND_DELETE;
        final long value = hasValue ? generator.newValue() : 0;
        final long known =
                Math.max(1, world.judges().clients().lastSeen(KvClients.FIRST_KEY + key));
        generator.act(
                Deed.KV_ASK, number, kind.ordinal(), key, value | (compares ? known : 0) << 32);
    }
}
