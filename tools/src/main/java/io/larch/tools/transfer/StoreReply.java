package io.larch.tools.transfer;

import io.larch.tools.client.Json;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;

/**
 * What a store said.
 *
 * @param fields of its JSON; none when it was not JSON.
 */
record StoreReply(int status, HttpHeaders headers, Map<String, Object> fields, String text) {
    static final int NOT_FOUND = 100;
    static final int NOT_A_FILE = 102;
    static final int NOT_A_DIRECTORY = 104;
    static final int OUTDATED = 401;

    private static final int RAFT_ERROR = 300;
    private static final int OK = 200;
    private static final int CREATED = 201;

    static StoreReply of(final HttpResponse<String> reply) {
        return of(reply.statusCode(), reply.headers(), reply.body());
    }

    static StoreReply of(final int status, final HttpHeaders headers, final String text) {
        Map<String, Object> fields;
        try {
            fields = Json.object(Json.parse(text));
        } catch (final IOException e) {
            // Whoever was asked is no store; the text is told.
            fields = Map.of();
        }
        return new StoreReply(status, headers, fields, text);
    }

    boolean isSuccess() {
        return status == OK || status == CREATED;
    }

    /**
     * Whether it is what etcd 3.5 says to a change of a directory that is there, be it of its TTL
     * alone. Nothing is changed then, however often it is asked.
     */
    boolean isOfFixedDirectory() {
        return errorCode() == RAFT_ERROR
                && fields.get("cause") instanceof String cause
                && cause.endsWith(": Not a file ()");
    }

    /** Of the v2 API; 0: none. */
    int errorCode() {
        return fields.get("errorCode") instanceof Integer code ? code : 0;
    }

    /** In the store's words. */
    String reason() {
        if (fields.get("message") instanceof String message) {
            final Object cause = fields.get("cause");
            return (errorCode() == 0 ? "" : errorCode() + ": ")
                    + message
                    + (cause == null || cause.equals("") ? "" : " (" + cause + ")");
        }
        final String line = text.lines().findFirst().orElse("");
        return "status " + status + (line.isEmpty() ? "" : ": " + line);
    }

    /**
     * The index of the store when it answered.
     *
     * @throws TransferException if it does not tell.
     */
    static long index(final HttpHeaders headers) throws TransferException {
        final String index = headers.firstValue("X-Etcd-Index").orElse("");
        try {
            return Long.parseUnsignedLong(index);
        } catch (final NumberFormatException e) {
            throw new TransferException(
                    Kind.REFUSED,
                    "an answer without X-Etcd-Index: there is no v2 API (etcd 3 needs --enable-v2)",
                    e);
        }
    }

    /** By the clock of the store; without one, by ours. */
    static Instant date(final HttpHeaders headers) {
        try {
            return ZonedDateTime.parse(
                            headers.firstValue("Date").orElse(""),
                            DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (final DateTimeParseException e) {
            return Instant.now();
        }
    }
}
