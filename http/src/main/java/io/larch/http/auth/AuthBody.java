package io.larch.http.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.larch.engine.codec.AuthCommand.Patterns;
import io.larch.engine.codec.AuthCommand.PutRole;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Reads the bodies of /v2/auth as Go's decoder does: names in any case, unknown fields skipped,
 * nothing looked at behind the first value. What is wrong with one is never said, since it may hold
 * a password.
 */
final class AuthBody {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

    private AuthBody() {}

    /** A user as a client sends it. No record, since a password must not be printed. */
    static final class User {
        private String name = "";
        private String password = "";
        private List<String> roles;
        private List<String> grant;
        private List<String> revoke;

        String name() {
            return name;
        }

        /** Empty: none. */
        String password() {
            return password;
        }

        List<String> roles() {
            return roles;
        }

        List<String> grant() {
            return grant;
        }

        List<String> revoke() {
            return revoke;
        }

        boolean isChange() {
            return grant != null && !grant.isEmpty() || revoke != null && !revoke.isEmpty();
        }
    }

    /**
     * A user.
     *
     * @return null if the first {@code length} bytes begin with no such thing.
     */
    static User user(final byte[] text, final int length) {
        final User user = new User();
        final boolean isRead =
                read(
                        text,
                        length,
                        (name, parser) -> {
                            switch (name) {
                                case "user" -> user.name = text(parser);
                                case "password" -> user.password = text(parser);
                                case "roles" -> user.roles = texts(parser);
                                case "grant" -> user.grant = texts(parser);
                                case "revoke" -> user.revoke = texts(parser);
                                default -> parser.skipChildren();
                            }
                        });
        return isRead ? user : null;
    }

    /**
     * A role.
     *
     * @return null if the first {@code length} bytes begin with no such thing.
     */
    static PutRole role(final byte[] text, final int length) {
        final String[] role = {""};
        final Patterns[] patterns = {Patterns.NONE, Patterns.NONE, Patterns.NONE};
        final boolean isRead =
                read(
                        text,
                        length,
                        (name, parser) -> {
                            switch (name) {
                                case "role" -> role[0] = text(parser);
                                case "permissions" -> patterns[0] = permissions(parser);
                                case "grant" -> patterns[1] = permissions(parser);
                                case "revoke" -> patterns[2] = permissions(parser);
                                default -> parser.skipChildren();
                            }
                        });
        return isRead ? new PutRole(role[0], patterns[0], patterns[1], patterns[2]) : null;
    }

    @FunctionalInterface
    private interface FieldReader {
        /** The parser is at the field's value; afterwards at its end. */
        void read(String lowerCaseName, JsonParser parser) throws IOException;
    }

    private static boolean read(final byte[] text, final int length, final FieldReader fields) {
        try (JsonParser parser = FACTORY.createParser(text, 0, length)) {
            parser.nextToken();
            readObject(parser, fields);
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    /** Of an object or null, at which the parser is. */
    private static void readObject(final JsonParser parser, final FieldReader fields)
            throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        expect(parser, JsonToken.START_OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            final String name = parser.currentName().toLowerCase(Locale.ROOT);
            parser.nextToken();
            fields.read(name, parser);
        }
        expect(parser, JsonToken.END_OBJECT);
    }

    private static Patterns permissions(final JsonParser parser) throws IOException {
        final Patterns[] patterns = {Patterns.NONE};
        readObject(
                parser,
                (name, inner) -> {
                    if (name.equals("kv")) {
                        patterns[0] = patterns(inner);
                    } else {
                        inner.skipChildren();
                    }
                });
        return patterns[0];
    }

    private static Patterns patterns(final JsonParser parser) throws IOException {
        final List<List<String>> lists = new ArrayList<>(Arrays.asList(null, null));
        readObject(
                parser,
                (name, inner) -> {
                    switch (name) {
                        case "read" -> lists.set(0, texts(inner));
                        case "write" -> lists.set(1, texts(inner));
                        default -> inner.skipChildren();
                    }
                });
        return new Patterns(lists.get(0), lists.get(1));
    }

    private static String text(final JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return "";
        }
        expect(parser, JsonToken.VALUE_STRING);
        return parser.getText();
    }

    private static List<String> texts(final JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        expect(parser, JsonToken.START_ARRAY);
        final List<String> texts = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            texts.add(text(parser));
        }
        return texts;
    }

    private static void expect(final JsonParser parser, final JsonToken token) throws IOException {
        if (parser.currentToken() != token) {
            throw new IOException("not a " + token);
        }
    }
}
