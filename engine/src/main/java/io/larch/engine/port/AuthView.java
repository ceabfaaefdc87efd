package io.larch.engine.port;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Users and roles of the v2 API as they are at one moment. Immutable: each change makes another
 * one, so any thread may look at it as long as it likes.
 */
public final class AuthView {
    /** Of the role that may do all, and of the user that always has it. */
    public static final String ROOT = "root";

    /** Of the role of those who do not say who they are. */
    public static final String GUEST = "guest";

    /** Names as Go sorts them, by their bytes in UTF-8. */
    public static final Comparator<String> BY_BYTES = AuthView::compareBytes;

    /** Off, and without users and roles but the one that is built in. */
    public static final AuthView EMPTY = new AuthView(0, false, new User[0], new Role[0], 0);

    /** About what a text takes beside its characters. */
    private static final int TEXT_OVERHEAD = 64;

    private static final List<String> ALL_KEYS = List.of("/*");
    private static final Role ROOT_ROLE = new Role(ROOT, ALL_KEYS, ALL_KEYS);

    private final long version;
    private final boolean isEnabled;
    private final User[] users;
    private final Role[] roles;
    private final Role guest;
    private final long size;

    private AuthView(
            final long version,
            final boolean isEnabled,
            final User[] users,
            final Role[] roles,
            final long size) {
        this.version = version;
        this.isEnabled = isEnabled;
        this.users = users;
        this.roles = roles;
        this.guest = find(roles, GUEST);
        this.size = size;
    }

    /**
     * @param users and roles in the order of their names, without repetition; without the role
     *     {@link #ROOT}.
     */
    public static AuthView of(
            final long version,
            final boolean isEnabled,
            final List<User> users,
            final List<Role> roles) {
        return new AuthView(
                version,
                isEnabled,
                users.toArray(User[]::new),
                roles.toArray(Role[]::new),
                users.stream().mapToLong(User::size).sum()
                        + roles.stream().mapToLong(Role::size).sum());
    }

    /** About what texts take, in bytes; null and none take nothing. */
    public static long sizeOf(final List<String> texts) {
        long size = 0;
        if (texts != null) {
            for (final String text : texts) {
                size += sizeOf(text);
            }
        }
        return size;
    }

    /** About what a text takes, in bytes. */
    public static long sizeOf(final String text) {
        return TEXT_OVERHEAD + text.length();
    }

    /** What users and roles have in common. */
    public abstract static class Named {
        private final String name;
        private final long size;

        Named(final String name, final long size) {
            this.name = name;
            this.size = size;
        }

        public final String name() {
            return name;
        }

        /** About what it takes, in bytes. */
        public final long size() {
            return size;
        }
    }

    /** A user. Immutable; one that is changed is another one. */
    public static final class User extends Named {
        private final String passwordHash;
        private final List<String> roles;

        /**
         * @param roles immutable; null for none, which is printed otherwise than an empty list.
         */
        public User(final String name, final String passwordHash, final List<String> roles) {
            super(name, sizeOf(name) + sizeOf(passwordHash) + sizeOf(roles));
            this.passwordHash = passwordHash;
            this.roles = roles;
        }

        /** As bcrypt prints it. */
        public String passwordHash() {
            return passwordHash;
        }

        /** Names of roles, which need not exist; null for none. */
        public List<String> roles() {
            return roles;
        }
    }

    /** A role. Immutable; one that is changed is another one. */
    public static final class Role extends Named {
        private final List<String> read;
        private final List<String> write;
        private final byte[][] readPatterns;
        private final byte[][] writePatterns;

        /**
         * @param read immutable; null for none, which is printed otherwise than an empty list.
         * @param write as the other.
         */
        public Role(final String name, final List<String> read, final List<String> write) {
            super(name, sizeOf(name) + sizeOf(read) + sizeOf(write));
            this.read = read;
            this.write = write;
            this.readPatterns = bytes(read);
            this.writePatterns = bytes(write);
        }

        private static byte[][] bytes(final List<String> patterns) {
            return patterns == null
                    ? new byte[0][]
                    : patterns.stream()
                            .map(pattern -> pattern.getBytes(StandardCharsets.UTF_8))
                            .toArray(byte[][]::new);
        }

        /** Patterns of what may be read; null for none. */
        public List<String> read() {
            return read;
        }

        /** Patterns of what may be written; null for none. */
        public List<String> write() {
            return write;
        }

        /**
         * Whether it allows access to a path: one of its patterns is the path or, if it ends in a
         * star, what stands before that begins the path.
         *
         * @param path the bytes {@code from} to {@code to} of it, as the client sent them.
         * @param isRecursive only patterns that end in a star count.
         */
        public boolean allows(
                final byte[] path,
                final int from,
                final int to,
                final boolean isWrite,
                final boolean isRecursive) {
            if (isRoot()) {
                return true;
            }
            for (final byte[] pattern : isWrite ? writePatterns : readPatterns) {
                if (matches(pattern, path, from, to, isRecursive)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean matches(
                final byte[] pattern,
                final byte[] path,
                final int from,
                final int to,
                final boolean isRecursive) {
            final int last = pattern.length - 1;
            if (last < 0) {
                return false;
            }
            if (pattern[last] == '*') {
                return to - from >= last
                        && Arrays.equals(path, from, from + last, pattern, 0, last);
            }
            return !isRecursive && Arrays.equals(path, from, to, pattern, 0, pattern.length);
        }

        /** Whether it may do all. */
        public boolean isRoot() {
            return this == ROOT_ROLE;
        }
    }

    /** How many changes led to it, from 0. */
    public long version() {
        return version;
    }

    /** Whether clients have to say who they are. */
    public boolean isEnabled() {
        return isEnabled;
    }

    /** In the order of their names. */
    public List<User> users() {
        return List.of(users);
    }

    /** In the order of their names, without the one that is built in. */
    public List<Role> roles() {
        return List.of(roles);
    }

    /** About what all take, in bytes. */
    public long size() {
        return size;
    }

    /** How many users there are. */
    public int userCount() {
        return users.length;
    }

    /** How many roles there are, without the one that is built in. */
    public int roleCount() {
        return roles.length;
    }

    /** The n-th user by name, from 0. */
    public User user(final int n) {
        return users[n];
    }

    /** The user of a name; null when there is none. */
    public User user(final String name) {
        return find(users, name);
    }

    /** The role of a name, also the one that is built in; null when there is none. */
    public Role role(final String name) {
        return name.equals(ROOT) ? ROOT_ROLE : find(roles, name);
    }

    /** The role of those who do not say who they are; null: nothing is allowed to them. */
    public Role guest() {
        return guest;
    }

    /** The roles of a user that there are. */
    public Role[] rolesOf(final User user) {
        if (user.roles() == null) {
            return new Role[0];
        }
        return user.roles().stream()
                .map(this::role)
                .filter(role -> role != null)
                .toArray(Role[]::new);
    }

    // --- changes ---

    /** The next one, with this user in place of the one of its name or beside all. */
    public AuthView with(final User user) {
        return next(isEnabled, with(users, user), roles, user.size() - sizeOf(user(user.name())));
    }

    /** As the other. */
    public AuthView with(final Role role) {
        return next(isEnabled, users, with(roles, role), role.size() - sizeOf(role(role.name())));
    }

    /** The next one, without the user of that name, which there is. */
    public AuthView withoutUser(final String name) {
        return next(isEnabled, without(users, name), roles, -sizeOf(user(name)));
    }

    /** As the other. */
    public AuthView withoutRole(final String name) {
        return next(isEnabled, users, without(roles, name), -sizeOf(role(name)));
    }

    /** The next one, on or off. */
    public AuthView enabled(final boolean isEnabledNow) {
        return next(isEnabledNow, users, roles, 0);
    }

    private AuthView next(
            final boolean isEnabledNow,
            final User[] nextUsers,
            final Role[] nextRoles,
            final long growth) {
        return new AuthView(version + 1, isEnabledNow, nextUsers, nextRoles, size + growth);
    }

    private static long sizeOf(final Named named) {
        return named == null ? 0 : named.size();
    }

    private static <T extends Named> T find(final T[] sorted, final String name) {
        final int at = search(sorted, name);
        return at < 0 ? null : sorted[at];
    }

    /** Where a name is; if it is not there, -1 less where it would be. */
    private static <T extends Named> int search(final T[] sorted, final String name) {
        int low = 0;
        int high = sorted.length - 1;
        while (low <= high) {
            final int middle = (low + high) >>> 1;
            final int order = compareBytes(sorted[middle].name(), name);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1 - low;
    }

    private static <T extends Named> T[] with(final T[] sorted, final T one) {
        final int at = search(sorted, one.name());
        if (at >= 0) {
            final T[] replaced = sorted.clone();
            replaced[at] = one;
            return replaced;
        }
        final int place = -1 - at;
        final T[] longer = Arrays.copyOf(sorted, sorted.length + 1);
        System.arraycopy(sorted, place, longer, place + 1, sorted.length - place);
        longer[place] = one;
        return longer;
    }

    private static <T extends Named> T[] without(final T[] sorted, final String name) {
        final int at = search(sorted, name);
        final T[] shorter = Arrays.copyOf(sorted, sorted.length - 1);
        System.arraycopy(sorted, at + 1, shorter, at, shorter.length - at);
        return shorter;
    }

    /** UTF-16 has the characters beyond its range before some that are smaller. */
    private static int compareBytes(final String a, final String b) {
        final int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            final char one = a.charAt(i);
            final char other = b.charAt(i);
            if (one != other) {
                return Character.compare(rank(one), rank(other));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static char rank(final char c) {
        if (c < Character.MIN_SURROGATE) {
            return c;
        }
        return (char) (c <= Character.MAX_SURROGATE ? c + 0x2000 : c - 0x800);
    }
}
