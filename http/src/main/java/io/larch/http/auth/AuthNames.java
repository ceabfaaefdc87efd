package io.larch.http.auth;

import java.util.List;

/** What names and patterns may be, beyond etcd's rules, which know no bounds. */
final class AuthNames {
    static final int MAX_NAME_LENGTH = 256;
    static final int MAX_PATTERN_LENGTH = 4096;

    static final String TOO_LONG =
            "auth: A name of a user or a role has at most " + MAX_NAME_LENGTH + " characters.";

    /** An empty one makes etcd itself end the connections of those who ask for keys. */
    static final String NO_PATTERN =
            "auth: A permission is a path, or the beginning of one and a star, of 1 to "
                    + MAX_PATTERN_LENGTH
                    + " characters.";

    static final String NO_ROOM =
            "There is no room for it: users and roles are at most 10000, 16 MiB together,"
                    + " and 256 KiB each.";

    private AuthNames() {}

    static boolean isTooLong(final String name) {
        return name.length() > MAX_NAME_LENGTH;
    }

    static boolean isAnyTooLong(final List<String> names) {
        return names != null && names.stream().anyMatch(AuthNames::isTooLong);
    }

    static boolean arePatterns(final List<String> patterns) {
        return patterns == null
                || patterns.stream()
                        .allMatch(
                                pattern ->
                                        !pattern.isEmpty()
                                                && pattern.length() <= MAX_PATTERN_LENGTH);
    }
}
