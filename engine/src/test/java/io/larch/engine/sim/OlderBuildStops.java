package io.larch.engine.sim;

/**
 * What a member of an older build does in front of an entry, or a snapshot, that it does not know.
 * All members of a run are of this build, so it is thrown for them, right behind what they took.
 */
final class OlderBuildStops extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OlderBuildStops(final String unknown) {
        super("the build does not know " + unknown);
    }
}
