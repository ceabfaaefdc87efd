package io.larch.engine.auth;

import io.larch.engine.application.SnapshotSection;
import io.larch.engine.application.StateSink;
import io.larch.engine.application.StateSource;
import io.larch.engine.codec.TextFields;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthView.Role;
import io.larch.engine.port.AuthView.User;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Users and roles in a snapshot: one record of the whole, then one of each. Little endian.
 *
 * <pre>
 *   0      1
 *   +------+-----------+------------------+------------+------------+
 *   | 'A'  | version 8 | is it enabled? 1 | users 4    | roles 4    |
 *   | 'U'  | TextFields: name, password hash, roles
 *   | 'R'  | TextFields: name, read, write
 * </pre>
 */
final class AuthSection implements SnapshotSection {
    static final String NAME = "auth";
    static final int VERSION = 1;

    private static final byte WHOLE = 'A';
    private static final byte USER = 'U';
    private static final byte ROLE = 'R';
    private static final int VERSION_OFFSET = 1;
    private static final int ENABLED_OFFSET = VERSION_OFFSET + Long.BYTES;
    private static final int USERS_OFFSET = ENABLED_OFFSET + Byte.BYTES;
    private static final int ROLES_OFFSET = USERS_OFFSET + Integer.BYTES;
    private static final int WHOLE_LENGTH = ROLES_OFFSET + Integer.BYTES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final ExpandableArrayBuffer record = new ExpandableArrayBuffer();
    private final Supplier<AuthView> newest;
    private AuthView view;
    private List<User> users;
    private List<Role> roles;
    private int next;

    /**
     * @param newest tells the state at {@link #begin}.
     */
    AuthSection(final Supplier<AuthView> newest) {
        this.newest = newest;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public int featureLevel() {
        return AuthApplication.FEATURE_LEVEL;
    }

    @Override
    public boolean isEmpty() {
        return newest.get().version() == 0;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void begin() {
        view = newest.get();
        users = view.users();
        roles = view.roles();
        next = 0;
    }

    @Override
    public boolean write(final StateSink sink, final int maxRecords) {
        final int all = 1 + users.size() + roles.size();
        for (int i = 0; i < maxRecords && next < all; i++) {
            if (!sink.offer(record, 0, encode(next))) {
                return false;
            }
            next++;
        }
        if (next < all) {
            return false;
        }
        abort();
        return true;
    }

    private int encode(final int n) {
        if (n == 0) {
            record.putByte(0, WHOLE);
            record.putLong(VERSION_OFFSET, view.version(), ORDER);
            record.putByte(ENABLED_OFFSET, (byte) (view.isEnabled() ? 1 : 0));
            record.putInt(USERS_OFFSET, users.size(), ORDER);
            record.putInt(ROLES_OFFSET, roles.size(), ORDER);
            return WHOLE_LENGTH;
        }
        if (n <= users.size()) {
            final User user = users.get(n - 1);
            record.putByte(0, USER);
            final int at = TextFields.put(record, 1, user.name());
            return TextFields.put(
                    record, TextFields.put(record, at, user.passwordHash()), user.roles());
        }
        final Role role = roles.get(n - 1 - users.size());
        record.putByte(0, ROLE);
        final int at = TextFields.put(record, 1, role.name());
        return TextFields.put(record, TextFields.put(record, at, role.read()), role.write());
    }

    @Override
    public void abort() {
        view = null;
        users = List.of();
        roles = List.of();
    }

    /**
     * Reads a section.
     *
     * @throws IllegalStateException if it is not whole.
     */
    static AuthView read(final StateSource records) {
        final Reader reader = new Reader();
        while (records.next(reader::add)) {
            // The reader keeps what it needs.
        }
        return reader.view();
    }

    private static final class Reader {
        private final List<User> users = new ArrayList<>();
        private final List<Role> roles = new ArrayList<>();
        private boolean hasWhole;
        private boolean isEnabled;
        private long version;
        private int userCount;
        private int roleCount;

        void add(final DirectBuffer buffer, final int offset, final int length) {
            if (length == 0) {
                throw damaged();
            }
            final TextFields fields = new TextFields(buffer, offset + 1, offset + length);
            switch (buffer.getByte(offset)) {
                case WHOLE -> whole(buffer, offset, length);
                case USER -> {
                    check(fields.skipText() && fields.skipText() && fields.skipList());
                    users.add(user(new TextFields(buffer, offset + 1, offset + length)));
                }
                case ROLE -> {
                    check(fields.skipText() && fields.skipList() && fields.skipList());
                    roles.add(role(new TextFields(buffer, offset + 1, offset + length)));
                }
                default -> throw damaged();
            }
        }

        private void whole(final DirectBuffer buffer, final int offset, final int length) {
            check(length == WHOLE_LENGTH && !hasWhole);
            hasWhole = true;
            version = buffer.getLong(offset + VERSION_OFFSET, ORDER);
            isEnabled = buffer.getByte(offset + ENABLED_OFFSET) != 0;
            userCount = buffer.getInt(offset + USERS_OFFSET, ORDER);
            roleCount = buffer.getInt(offset + ROLES_OFFSET, ORDER);
        }

        private static User user(final TextFields fields) {
            final String name = fields.text();
            final String hash = fields.text();
            return new User(name, hash, fields.list());
        }

        private static Role role(final TextFields fields) {
            final String name = fields.text();
            final List<String> read = fields.list();
            return new Role(name, read, fields.list());
        }

        AuthView view() {
            check(hasWhole && users.size() == userCount && roles.size() == roleCount);
            return AuthView.of(version, isEnabled, users, roles);
        }

        private static void check(final boolean isWhole) {
            if (!isWhole) {
                throw damaged();
            }
        }

        private static IllegalStateException damaged() {
            return new IllegalStateException("the snapshot's section " + NAME + " is not whole");
        }
    }
}
