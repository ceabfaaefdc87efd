package io.larch.engine.sim;

import java.util.function.IntPredicate;
import java.util.function.LongPredicate;

/**
 * Makes a failing run short: leaves out kinds of actions, then members, then ever smaller pieces,
 * as long as the same property breaks.
 */
final class Shrinker {
    private final Setting setting;
    private final String brokenRule;
    private final String property;
    private final LongPredicate goesOn;
    private Run best;
    private long triedActions;

    private Shrinker(final Run failing, final LongPredicate goesOn) {
        setting = failing.setting();
        brokenRule = failing.brokenRule();
        property = failing.violation().property();
        this.goesOn = goesOn;
        best = failing;
    }

    /**
     * Shortens a run.
     *
     * @param failing a run of recorded actions that broke something.
     * @param goesOn whether to try more, behind so many actions that were tried.
     */
    static Run shrink(final Run failing, final LongPredicate goesOn) {
        final Shrinker shrinker = new Shrinker(failing, goesOn);
        shrinker.cutBehind();
        int before;
        do {
            before = shrinker.best.actions().size();
            shrinker.leaveOutKinds();
            shrinker.leaveOutMembers();
            shrinker.leaveOutPieces();
        } while (shrinker.best.actions().size() < before && shrinker.mayTry());
        return shrinker.best;
    }

    private boolean mayTry() {
        return goesOn.test(triedActions);
    }

    private boolean accept(final Actions actions) {
        if (actions.size() == best.actions().size() || !mayTry()) {
            return false;
        }
        triedActions += actions.size();
        final Run run = Run.ofActions(setting, actions, brokenRule);
        if (run.violation() == null || !run.violation().property().equals(property)) {
            return false;
        }
        best = run;
        return true;
    }

    /** What happened after the violation did not cause it. */
    private void cutBehind() {
        if (best.violatedAt() < best.actions().size()) {
            accept(best.actions().first((int) best.violatedAt()));
        }
    }

    private void leaveOutKinds() {
        for (final Deed deed : Deed.values()) {
            final Actions all = best.actions();
            accept(filter(all, i -> all.deed(i) != deed));
        }
    }

    private void leaveOutMembers() {
        for (int place = SimNetwork.PLACES - 1; place >= 0; place--) {
            final int left = place;
            final Actions all = best.actions();
            accept(filter(all, i -> !concerns(all, i, left)));
        }
    }

    private static boolean concerns(final Actions all, final int i, final int place) {
        return switch (all.deed(i)) {
            case DELIVER, LOSE, REPEAT, CUT, CONGEST, ADD, REMOVE, UPDATE, DISCONNECT ->
                    all.number(i, 0) == place || all.number(i, 1) == place;
            case PARTITION, HEAL -> false;
            default -> all.number(i, 0) == place;
        };
    }

    private static Actions filter(final Actions all, final IntPredicate kept) {
        final Actions rest = new Actions();
        for (int i = 0; i < all.size(); i++) {
            if (kept.test(i)) {
                rest.add(all, i);
            }
        }
        return rest;
    }

    private void leaveOutPieces() {
        int length = Math.max(1, best.actions().size() / 2);
        while (mayTry()) {
            int from = 0;
            while (from < best.actions().size() && mayTry()) {
                final int to = Math.min(from + length, best.actions().size());
                if (!accept(best.actions().without(from, to))) {
                    from = to;
                }
            }
            if (length == 1) {
                return;
            }
            length = Math.max(1, length / 2);
        }
    }
}
