package io.larch.engine.codec;

import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The commands about users and roles of the v2 API. Behind the {@link CommandEnvelope} stand {@link
 * TextFields}:
 *
 * <pre>
 *   PUT_USER     | name | password hash, empty for none | roles | grant | revoke |
 *   PUT_ROLE     | name | read | write | grant read | grant write | revoke read | revoke write |
 *   DELETE_USER, DELETE_ROLE   | name |
 *   ENABLE, DISABLE            nothing
 * </pre>
 *
 * <p>Immutable once read. Never holds a password.
 */
public final class AuthCommand {
    /** Of the {@link CommandEnvelope}. */
    public static final int DOMAIN = 1;

    public static final byte PUT_USER = 16;
    public static final byte DELETE_USER = 17;
    public static final byte PUT_ROLE = 18;
    public static final byte DELETE_ROLE = 19;
    public static final byte ENABLE = 20;
    public static final byte DISABLE = 21;

    private AuthCommand() {}

    /** A user to make or to change. No record, since a hash must not be printed. */
    public static final class PutUser {
        private final String name;
        private final String hash;
        private final List<String> roles;
        private final List<String> grant;
        private final List<String> revoke;

        private PutUser(final TextFields fields) {
            name = fields.text();
            hash = fields.text();
            roles = fields.list();
            grant = fields.list();
            revoke = fields.list();
        }

        public String name() {
            return name;
        }

        /** Of the password as bcrypt prints it; empty: it has none, or keeps its own. */
        public String hash() {
            return hash;
        }

        /** Of a new user; null for none. */
        public List<String> roles() {
            return roles;
        }

        public List<String> grant() {
            return grant == null ? List.of() : grant;
        }

        public List<String> revoke() {
            return revoke == null ? List.of() : revoke;
        }
    }

    /**
     * Patterns of the keys that may be read, and of those that may be written.
     *
     * @param read null for none, which is printed otherwise than an empty list.
     * @param write as the other.
     */
    public record Patterns(List<String> read, List<String> write) {
        public static final Patterns NONE = new Patterns(null, null);

        public boolean isEmpty() {
            return (read == null || read.isEmpty()) && (write == null || write.isEmpty());
        }
    }

    /** A role to make or, with a grant or a revocation, to change. */
    public record PutRole(String name, Patterns permissions, Patterns grant, Patterns revoke) {}

    /** Whether this build knows a type. */
    public static boolean isKnown(final byte type) {
        return type >= PUT_USER && type <= DISABLE;
    }

    /** Writes a command, and returns its length. */
    public static int encodePutUser(
            final MutableDirectBuffer target,
            final long correlationId,
            final long nowNanos,
            final String name,
            final String hash,
            final List<String> roles,
            final List<String> grant,
            final List<String> revoke) {
        int at = encode(target, PUT_USER, correlationId, nowNanos);
        at = TextFields.put(target, at, name);
        at = TextFields.put(target, at, hash);
        at = TextFields.put(target, at, roles);
        at = TextFields.put(target, at, grant);
        return TextFields.put(target, at, revoke);
    }

    /** Writes a command, and returns its length. */
    public static int encodePutRole(
            final MutableDirectBuffer target,
            final long correlationId,
            final long nowNanos,
            final PutRole role) {
        int at = encode(target, PUT_ROLE, correlationId, nowNanos);
        at = TextFields.put(target, at, role.name());
        at = put(target, at, role.permissions());
        at = put(target, at, role.grant());
        return put(target, at, role.revoke());
    }

    private static int put(
            final MutableDirectBuffer target, final int offset, final Patterns patterns) {
        return TextFields.put(
                target, TextFields.put(target, offset, patterns.read()), patterns.write());
    }

    /**
     * Writes a command about a name, and returns its length.
     *
     * @param type {@link #DELETE_USER} or {@link #DELETE_ROLE}.
     */
    public static int encodeDelete(
            final MutableDirectBuffer target,
            final byte type,
            final long correlationId,
            final long nowNanos,
            final String name) {
        return TextFields.put(target, encode(target, type, correlationId, nowNanos), name);
    }

    /**
     * Writes a command that has nothing behind its envelope, and returns its length.
     *
     * @param type {@link #ENABLE} or {@link #DISABLE}.
     */
    public static int encode(
            final MutableDirectBuffer target,
            final byte type,
            final long correlationId,
            final long nowNanos) {
        return CommandEnvelope.encode(
                target, 0, DOMAIN, type, 0, correlationId, nowNanos, CommandEnvelope.PERMANENT);
    }

    /** Whether what is behind the envelope fits the type, which is known. */
    public static boolean isWellFormed(
            final DirectBuffer buffer, final int offset, final int length) {
        final TextFields fields =
                new TextFields(buffer, offset + CommandEnvelope.HEADER_LENGTH, offset + length);
        final boolean isWhole =
                switch (buffer.getByte(offset + CommandEnvelope.TYPE_OFFSET)) {
                    case PUT_USER -> fields.skipText() && fields.skipText() && skip(fields, 3);
                    case PUT_ROLE -> fields.skipText() && skip(fields, 6);
                    case DELETE_USER, DELETE_ROLE -> fields.skipText();
                    default -> true;
                };
        return isWhole && fields.isAtEnd();
    }

    private static boolean skip(final TextFields fields, final int lists) {
        for (int i = 0; i < lists; i++) {
            if (!fields.skipList()) {
                return false;
            }
        }
        return true;
    }

    /** Reads a well-formed {@link #PUT_USER}. */
    public static PutUser putUser(final CommandEnvelope command) {
        return new PutUser(fields(command));
    }

    /** Reads a well-formed {@link #PUT_ROLE}. */
    public static PutRole putRole(final CommandEnvelope command) {
        final TextFields fields = fields(command);
        return new PutRole(fields.text(), patterns(fields), patterns(fields), patterns(fields));
    }

    private static Patterns patterns(final TextFields fields) {
        final List<String> read = fields.list();
        return new Patterns(read, fields.list());
    }

    /** Reads the name of a well-formed command that has one. */
    public static String name(final CommandEnvelope command) {
        return fields(command).text();
    }

    private static TextFields fields(final CommandEnvelope command) {
        return new TextFields(
                command.buffer(),
                command.offset() + CommandEnvelope.HEADER_LENGTH,
                command.buffer().capacity());
    }
}
