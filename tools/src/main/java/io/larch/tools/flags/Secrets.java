package io.larch.tools.flags;

import java.util.regex.Pattern;

/** Keeps passwords out of what is printed: those in URLs, and whatever a variable says is one. */
final class Secrets {
    private static final String MASK = "***";

    private static final Pattern SECRET_NAME =
            Pattern.compile(
                    "PASS(WORD|WD|PHRASE)?(_|$)|SECRET|CREDENTIAL|PRIVATE",
                    Pattern.CASE_INSENSITIVE);

    /** The user's part of a URL, up to the last sign that can end it. */
    private static final Pattern USER_OF_URL = Pattern.compile("(?<=://)[^/\\s,?#]*@");

    private Secrets() {}

    /**
     * A value as it may be shown.
     *
     * @param name of the flag or variable that has it.
     */
    static String masked(final String name, final String value) {
        return SECRET_NAME.matcher(name).find()
                ? MASK
                : USER_OF_URL.matcher(value).replaceAll(MASK + "@");
    }
}
