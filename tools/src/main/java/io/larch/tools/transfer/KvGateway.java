package io.larch.tools.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.larch.tools.client.Json;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Calls of a store's v3 API by its JSON gateway. Who has to say who he is gets a token for the name
 * and the password of the site, and another one when that is no longer taken. Used by one thread.
 */
final class KvGateway {
    static final int INVALID_ARGUMENT = 3;
    static final int NOT_FOUND = 5;
    static final int RESOURCE_EXHAUSTED = 8;
    static final int FAILED_PRECONDITION = 9;
    static final int OUT_OF_RANGE = 11;

    private static final int PERMISSION_DENIED = 7;
    private static final int UNAUTHENTICATED = 16;
    private static final String BASIC = "Basic ";
    private static final Pattern UNKNOWN_USER =
            Pattern.compile("user name is empty|invalid auth token|revision of auth store is old");
    private static final Pattern BUSY = Pattern.compile("too many requests");
    private static final JsonFactory JSON = new JsonFactory();

    private final V2Client client;
    private String authorization;

    /** Fields of a request. */
    interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    KvGateway(final V2Client client) {
        this.client = client;
        authorization = client.site().authorization();
    }

    Site site() {
        return client.site();
    }

    /** Calls, and says how it refused if it did. */
    Map<String, Object> call(final String what, final String path, final Writing request)
            throws IOException {
        final StoreReply reply = post(path, json(request));
        if (!reply.isSuccess()) {
            throw refused(what, reply);
        }
        return reply.fields();
    }

    /** Calls, whatever the answer. */
    StoreReply post(final String path, final String json) throws IOException {
        StoreReply reply = patiently(path, json);
        if (isOfUnknownUser(reply.reason()) && logIn()) {
            reply = patiently(path, json);
        }
        return reply;
    }

    /** A store that has too much to do is asked again. */
    private StoreReply patiently(final String path, final String json) throws IOException {
        final long startNanos = System.nanoTime();
        StoreReply reply = client.post(path, json, authorization);
        while (code(reply) == RESOURCE_EXHAUSTED
                && BUSY.matcher(reply.reason()).find()
                && System.nanoTime() - startNanos < site().patience().toNanos()) {
            V2Client.pause();
            reply = client.post(path, json, authorization);
        }
        return reply;
    }

    /** Sends a call whose answer goes on, to the member that answered last. */
    HttpResponse<InputStream> stream(final String path, final Writing request) throws IOException {
        return client.stream(path, json(request), authorization);
    }

    static boolean isOfUnknownUser(final String reason) {
        return UNKNOWN_USER.matcher(reason).find();
    }

    /** Gets a token; false: there is nobody to be, or the store does not ask. */
    boolean logIn() throws IOException {
        if (!site().authorization().startsWith(BASIC)) {
            return false;
        }
        final String pair =
                new String(
                        Base64.getDecoder()
                                .decode(site().authorization().substring(BASIC.length())),
                        StandardCharsets.UTF_8);
        final int colon = pair.indexOf(':');
        final StoreReply reply =
                client.post(
                        "/v3/auth/authenticate",
                        json(
                                json -> {
                                    json.writeStringField("name", pair.substring(0, colon));
                                    json.writeStringField("password", pair.substring(colon + 1));
                                }),
                        "");
        if (code(reply) == FAILED_PRECONDITION) {
            return false;
        }
        if (!reply.isSuccess()) {
            throw refused("to log in", reply);
        }
        authorization = Json.text(reply.fields().get("token"));
        return true;
    }

    TransferException refused(final String what, final StoreReply reply) {
        return new TransferException(
                Kind.REFUSED,
                "the %s refuses %s: %s%s"
                        .formatted(site().name(), what, reply.reason(), advice(reply)));
    }

    private static String advice(final StoreReply reply) {
        final int code = code(reply);
        if (code == RESOURCE_EXHAUSTED) {
            return "; make room, then run the same again";
        }
        if (reply.status() == 401
                || reply.status() == 403
                || code == PERMISSION_DENIED
                || code == UNAUTHENTICATED
                || isOfUnknownUser(reply.reason())) {
            return "; a user with permission for these keys is needed";
        }
        return reply.fields().containsKey("code")
                ? ""
                : "; has it the v3 API, and its JSON gateway (--enable-grpc-gateway)?";
    }

    /** Of gRPC; 0: none. */
    static int code(final StoreReply reply) {
        return reply.fields().get("code") instanceof Integer code ? code : 0;
    }

    static String json(final Writing writing) throws IOException {
        final StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            writing.write(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    static void bytes(final JsonGenerator json, final String name, final byte[] value)
            throws IOException {
        json.writeStringField(name, Base64.getEncoder().encodeToString(value));
    }

    static byte[] bytes(final Object value) throws IOException {
        try {
            return value == null ? new byte[0] : Base64.getDecoder().decode(Json.text(value));
        } catch (final IllegalArgumentException e) {
            throw new IOException("no base64: " + value, e);
        }
    }

    /** Zero is left out. */
    static long number(final Object value) throws IOException {
        try {
            return value == null ? 0 : Long.parseLong(String.valueOf(value));
        } catch (final NumberFormatException e) {
            throw new IOException("no number: " + value, e);
        }
    }
}
