package io.larch.tools.ctl;

/** Which keys a copy takes. */
enum Api {
    V2,
    V3,
    BOTH,
    /** Those that there are. */
    ANY;

    static Api of(final String name) throws Failure {
        return switch (name) {
            case "v2" -> V2;
            case "v3" -> V3;
            case "both" -> BOTH;
            case "" -> ANY;
            default ->
                    throw Failure.error(Failure.BAD_ARGUMENTS, "--api is v2, v3 or both: " + name);
        };
    }
}
