package io.larch.engine.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.application.StateSource;
import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.AuthCommand.Patterns;
import io.larch.engine.codec.AuthCommand.PutRole;
import io.larch.engine.codec.AuthReply;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthViews;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The rules of users and roles; the answers are those of etcd 2.3 and 3.4. */
class AuthApplicationTest {
    private static final List<String> NONE = List.of();

    private final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
    private final CommandEnvelope command = new CommandEnvelope();
    private final Result result = new Result();
    private final AuthViews views = new AuthViews();
    private final AuthApplication auth = new AuthApplication(views);
    private int length;

    private String user(
            final String name,
            final String hash,
            final List<String> roles,
            final List<String> grant,
            final List<String> revoke) {
        length = AuthCommand.encodePutUser(bytes, 1, 1, name, hash, roles, grant, revoke);
        return apply();
    }

    private String create(final String name, final String... roles) {
        return user(name, "hash of " + name, List.of(roles), NONE, NONE);
    }

    private String grant(final String name, final String... roles) {
        return user(name, "", NONE, List.of(roles), NONE);
    }

    private String revoke(final String name, final String... roles) {
        return user(name, "", NONE, NONE, List.of(roles));
    }

    private String role(
            final String name,
            final Patterns permissions,
            final Patterns grant,
            final Patterns revoke) {
        final PutRole role = new PutRole(name, permissions, grant, revoke);
        length = AuthCommand.encodePutRole(bytes, 1, 1, role);
        return apply();
    }

    private static Patterns read(final String... patterns) {
        return new Patterns(List.of(patterns), null);
    }

    private static Patterns write(final String... patterns) {
        return new Patterns(null, List.of(patterns));
    }

    private String delete(final byte type, final String name) {
        length = AuthCommand.encodeDelete(bytes, type, 1, 1, name);
        return apply();
    }

    private String apply(final byte type) {
        length = AuthCommand.encode(bytes, type, 1, 1);
        return apply();
    }

    private String apply() {
        assertTrue(auth.isWellFormed(bytes, 0, length));
        auth.apply(command.wrap(bytes, 0), result);
        assertTrue(result.isOk());
        assertEquals(auth.view().version(), result.storeIndex());
        final AuthReply reply =
                AuthReply.decode(result.event(), result.eventOffset(), result.eventLength());
        return switch (reply.kind()) {
            case DONE -> String.valueOf(reply.status());
            case REFUSED -> reply.status() + " " + reply.text();
            case USER -> reply.status() + " " + reply.text() + " " + reply.first();
            case ROLE ->
                    reply.status()
                            + " "
                            + reply.text()
                            + " "
                            + reply.first()
                            + " "
                            + reply.second();
        };
    }

    @Test
    void shouldCreateAndChangeUsers() {
        assertEquals(
                "400 auth: Cannot create user u1 with an empty password",
                user("u1", "", null, NONE, NONE));
        assertEquals("201 u1 null", user("u1", "h1", null, null, null));
        assertEquals("200 u2 [b, a, b]", create("u2", "b", "a", "b"));
        assertEquals("409 auth: User u2 already exists.", create("u2", "c"));
        assertEquals("200 u1 []", user("u1", "h2", NONE, NONE, NONE));
        assertEquals("h2", auth.view().user("u1").passwordHash());
        assertEquals(
                "400 auth: User not updated. Use grant/revoke/password to update the user.",
                user("u1", "", NONE, NONE, NONE));
        assertEquals("409 auth: Granting duplicate role b for user u2", grant("u2", "b"));
        assertEquals("409 auth: Granting duplicate role c for user u2", grant("u2", "c", "c"));
        assertEquals("200 u2 [a, b]", user("u2", "", NONE, List.of("c"), List.of("c")));
        assertEquals(
                "400 auth: User not updated. Use grant/revoke/password to update the user.",
                user("u2", "", NONE, List.of("c"), List.of("c")));
        assertEquals("409 auth: Revoking ungranted role zz for user u2", revoke("u2", "zz"));
        assertEquals("200 u2 [a, b, r9]", user("u2", "q", NONE, List.of("r9"), NONE));
        assertEquals("404 auth: User u3 does not exist.", grant("u3", "r9"));
        assertEquals(
                "400 auth: Cannot create user u3 with an empty password",
                user("u3", "", List.of("r9"), NONE, NONE));
        assertEquals("404 auth: User zz does not exist", delete(AuthCommand.DELETE_USER, "zz"));
        assertEquals("200", delete(AuthCommand.DELETE_USER, "u2"));
        assertNull(auth.view().user("u2"));
    }

    /** As etcd, whose first update makes an empty list of none, which counts as a change. */
    @Test
    void shouldTellNoRolesFromAnEmptyList() {
        user("u1", "h1", null, NONE, NONE);
        assertEquals("200 u1 []", user("u1", "", NONE, NONE, NONE));
        assertTrue(user("u1", "", NONE, NONE, NONE).startsWith("400 "));
        role("r1", Patterns.NONE, Patterns.NONE, Patterns.NONE);
        assertEquals("200 r1 [] []", role("r1", Patterns.NONE, Patterns.NONE, read("/q")));
        assertEquals(
                "400 auth: Role not updated. Use grant/revoke to update the role.",
                role("r1", Patterns.NONE, Patterns.NONE, read("/q")));
    }

    @Test
    void shouldCreateAndChangeRoles() {
        assertEquals(
                "201 r2 [/b, /a, /a] null",
                role("r2", read("/b", "/a", "/a"), Patterns.NONE, Patterns.NONE));
        assertEquals(
                "409 auth: Role r2 already exists.",
                role("r2", Patterns.NONE, Patterns.NONE, new Patterns(NONE, NONE)));
        assertEquals(
                "200 r2 [/a, /b] []", role("r2", Patterns.NONE, write("/w"), write("/w", "/no")));
        assertEquals(
                "409 auth: Granting duplicate read permission /b",
                role("r2", Patterns.NONE, read("/c", "/b"), Patterns.NONE));
        assertEquals(
                "409 auth: Granting duplicate write permission /b",
                role("r2", Patterns.NONE, write("/b", "/b"), Patterns.NONE));
        assertEquals("200 r2 [/b] [/w]", role("r2", Patterns.NONE, write("/w"), read("/a")));
        assertEquals(
                "404 auth: Role no does not exist.",
                role("no", Patterns.NONE, read("/a"), Patterns.NONE));
        assertEquals("404 auth: Role zz doesn't exist.", delete(AuthCommand.DELETE_ROLE, "zz"));
        assertEquals("200", delete(AuthCommand.DELETE_ROLE, "r2"));
        for (final Patterns grant : List.of(Patterns.NONE, read("/a"))) {
            assertEquals(
                    "403 auth: Cannot modify role root: is root role.",
                    role("root", Patterns.NONE, grant, Patterns.NONE));
        }
        assertEquals(
                "403 auth: Cannot modify role root: is root role.",
                delete(AuthCommand.DELETE_ROLE, "root"));
    }

    @Test
    void shouldHaveARootToBeEnabled() {
        assertEquals("409 auth: already disabled", apply(AuthCommand.DISABLE));
        assertEquals(
                "409 auth: No root user available, please create one", apply(AuthCommand.ENABLE));
        assertEquals("201 root [root]", user("root", "h", null, NONE, NONE));
        assertEquals("200 root []", revoke("root", "root"));
        assertEquals("200 root [root, x]", grant("root", "x"));
        assertEquals("200", apply(AuthCommand.ENABLE));
        assertTrue(auth.view().isEnabled());
        assertEquals(List.of("/*"), auth.view().guest().read());
        assertEquals("409 auth: already enabled", apply(AuthCommand.ENABLE));
        assertEquals(
                "403 auth: Cannot delete root user while auth is enabled.",
                delete(AuthCommand.DELETE_USER, "root"));
        assertEquals("200", delete(AuthCommand.DELETE_ROLE, "guest"));
        assertNull(auth.view().guest());
        assertEquals("200", apply(AuthCommand.DISABLE));
        assertEquals("200", delete(AuthCommand.DELETE_USER, "root"));
    }

    @Test
    void shouldKeepTheGuestThatIsThere() {
        user("root", "h", null, NONE, NONE);
        role("guest", read("/open/*"), Patterns.NONE, Patterns.NONE);
        apply(AuthCommand.ENABLE);
        assertEquals(List.of("/open/*"), auth.view().guest().read());
        assertNull(auth.view().guest().write());
    }

    @Test
    void shouldPublishEachChangeAndNothingElse() {
        final AuthView before = views.newest();
        grant("nobody", "r");
        assertSame(before, views.newest());
        create("u1", "r");
        assertSame(auth.view(), views.newest());
        assertEquals(1, views.newest().version());
        assertEquals(0, before.userCount());
    }

    @Test
    void shouldSortNamesByTheirBytes() {
        final String beyond = new String(Character.toChars(0x1F600));
        for (final String name : List.of("b", beyond, "\uFB00", "a", "aa", "\u00fc", "B")) {
            create(name);
        }
        final List<byte[]> names =
                auth.view().users().stream()
                        .map(user -> user.name().getBytes(StandardCharsets.UTF_8))
                        .toList();
        final List<byte[]> sorted = new ArrayList<>(names);
        sorted.sort(java.util.Arrays::compareUnsigned);
        for (int i = 0; i < names.size(); i++) {
            assertArrayEquals(sorted.get(i), names.get(i));
        }
    }

    private boolean allows(final String pattern, final String path, final boolean isRecursive) {
        final AuthView.Role role = new AuthView.Role("r", List.of("/no", pattern), null);
        final byte[] key = ("x" + path + "y").getBytes(StandardCharsets.UTF_8);
        assertFalse(role.allows(key, 1, key.length - 1, true, isRecursive));
        return role.allows(key, 1, key.length - 1, false, isRecursive);
    }

    @Test
    void shouldMatchPathsAsEtcdDoes() {
        assertTrue(allows("/c", "/c", false));
        assertFalse(allows("/c", "/c/", false));
        assertFalse(allows("/c", "/c", true));
        assertFalse(allows("/b/*", "/b", false));
        assertFalse(allows("/b/*", "/b", true));
        assertTrue(allows("/b/*", "/b/", false));
        assertTrue(allows("/b/*", "/b/", true));
        assertTrue(allows("/b/*", "/b/x/y", true));
        assertTrue(allows("/b*", "/bc", false));
        assertTrue(allows("*", "", true));
        assertTrue(allows("/*", "/", true));
        assertFalse(allows("/*", "", true));
        assertFalse(allows("/*/x", "/a/x", false));
        assertTrue(allows("/*/x", "/*/x", false));
        assertFalse(allows("", "", false));
        assertTrue(auth.view().role("root").allows(new byte[0], 0, 0, true, true));
    }

    @Test
    void shouldRefuseMoreThanThereIsRoomFor() {
        final Growth underWay = new Growth();
        final Growth growth = new Growth();
        final List<String> many = new ArrayList<>();
        for (int i = 0; i < AuthLimits.MAX_ENTRY_BYTES / 64; i++) {
            many.add("r" + i);
        }
        length = AuthCommand.encodePutUser(bytes, 1, 1, "u", "h", many, NONE, NONE);
        command.wrap(bytes, 0);
        assertEquals(ErrorCode.STORE_FULL.code(), auth.admit(command, underWay, growth));
        length = AuthCommand.encodePutUser(bytes, 1, 1, "u", "h", List.of("r"), NONE, NONE);
        assertEquals(0, auth.admit(command, underWay, growth));
        assertEquals(1, growth.entries());
        underWay.set(AuthLimits.MAX_ENTRIES, 0);
        assertEquals(ErrorCode.STORE_FULL.code(), auth.admit(command, underWay, growth));
        underWay.set(0, AuthLimits.MAX_BYTES);
        assertEquals(ErrorCode.STORE_FULL.code(), auth.admit(command, underWay, growth));
        length = AuthCommand.encodeDelete(bytes, AuthCommand.DELETE_USER, 1, 1, "u");
        assertEquals(0, auth.admit(command, underWay, growth));
        length = AuthCommand.encodePutUser(bytes, 1, 1, "u", "", NONE, NONE, List.of("r"));
        auth.apply(command, result);
        create("u", "r");
        length = AuthCommand.encodePutUser(bytes, 1, 1, "u", "", NONE, NONE, List.of("r"));
        assertEquals(0, auth.admit(command, underWay, growth), "a revocation makes room");
    }

    @Test
    void shouldCountWhatItHolds() {
        create("u1", "a", "b");
        role("r1", read("/a"), Patterns.NONE, Patterns.NONE);
        grant("u1", "c");
        role("r1", Patterns.NONE, write("/x", "/y"), read("/a"));
        final AuthView view = auth.view();
        assertEquals(AuthView.of(0, false, view.users(), view.roles()).size(), auth.bytes());
        delete(AuthCommand.DELETE_USER, "u1");
        delete(AuthCommand.DELETE_ROLE, "r1");
        assertEquals(0, auth.bytes());
        assertEquals(0, auth.entries());
    }

    @Test
    void shouldNotTakeForACommandWhatIsCutShort() {
        create("u1", "a", "b");
        for (int end = CommandEnvelope.HEADER_LENGTH; end < length; end++) {
            assertFalse(auth.isWellFormed(bytes, 0, end), "of " + end + " bytes");
        }
        assertFalse(auth.isWellFormed(bytes, 0, length + 1));
        bytes.putInt(CommandEnvelope.HEADER_LENGTH, -2);
        assertFalse(auth.isWellFormed(bytes, 0, length));
        bytes.putInt(CommandEnvelope.HEADER_LENGTH, Integer.MAX_VALUE);
        assertFalse(auth.isWellFormed(bytes, 0, length));
    }

    // --- snapshots ---

    private Queue<byte[]> section(final int maxRecords) {
        final Queue<byte[]> records = new ArrayDeque<>();
        auth.snapshot().begin();
        create("later", "x");
        int refusals = 0;
        boolean isDone = false;
        while (!isDone) {
            final boolean refuses = refusals++ % 2 == 0;
            isDone =
                    auth.snapshot()
                            .write(
                                    (buffer, offset, count) -> {
                                        if (refuses) {
                                            return false;
                                        }
                                        final byte[] record = new byte[count];
                                        buffer.getBytes(offset, record);
                                        return records.add(record);
                                    },
                                    maxRecords);
        }
        return records;
    }

    private static StateSource source(final Queue<byte[]> records) {
        return consumer -> {
            final byte[] record = records.poll();
            if (record == null) {
                return false;
            }
            consumer.onRecord(new UnsafeBuffer(record), 0, record.length);
            return true;
        };
    }

    private AuthApplication filled() {
        user("root", "h", null, NONE, NONE);
        create("u1", "a");
        role("r1", read("/a"), Patterns.NONE, Patterns.NONE);
        role("r2", Patterns.NONE, Patterns.NONE, Patterns.NONE);
        apply(AuthCommand.ENABLE);
        return auth;
    }

    @Test
    void shouldComeBackFromASnapshotAsItWasAtItsBeginning() {
        assertTrue(auth.snapshot().isEmpty());
        final AuthView before = filled().view();
        assertFalse(auth.snapshot().isEmpty());
        final AuthApplication other = (AuthApplication) auth.newEmpty();
        other.restore(source(section(2)), AuthSection.VERSION);
        final AuthView after = other.view();
        assertEquals(before.version(), after.version());
        assertEquals(before.size(), after.size());
        assertTrue(after.isEnabled());
        assertEquals(2, after.userCount());
        assertEquals("h", after.user("root").passwordHash());
        assertEquals(List.of("a"), after.user("u1").roles());
        assertNull(after.role("r2").read());
        assertEquals(List.of("/a"), after.role("r1").read());
        assertEquals(List.of("/*"), after.guest().write());
        assertEquals(7, views.newest().version(), "a snapshot in the making is nobody's view");
        auth.take(other);
        assertSame(after, views.newest());
    }

    @Test
    void shouldRefuseASectionThatIsNotWhole() {
        filled();
        final int count = section(100).size();
        for (int drop = 0; drop < count; drop++) {
            final List<byte[]> records = new ArrayList<>(section(100));
            records.remove(drop);
            refused(records);
        }
        final List<byte[]> records = new ArrayList<>(section(100));
        records.set(1, java.util.Arrays.copyOf(records.get(1), records.get(1).length - 1));
        refused(records);
        records.set(1, new byte[] {'X'});
        refused(records);
        records.set(1, new byte[0]);
        refused(records);
    }

    private void refused(final List<byte[]> records) {
        final AuthApplication other = (AuthApplication) auth.newEmpty();
        final StateSource source = source(new ArrayDeque<>(records));
        assertThrows(IllegalStateException.class, () -> other.restore(source, 1));
    }
}
