package io.larch.http.v3.gateway;

import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;

/**
 * How the gateway tells errors: as etcd 3.4's, which clients compare word by word, and in streams
 * with HTTP's status beside gRPC's.
 */
public final class GatewayErrors {
    private static final int[] STATUS = {
        200, 499, 500, 400, 504, 404, 409, 403, 429, 412, 409, 400, 501, 500, 503, 500, 401
    };
    private static final int UNKNOWN = 500;

    private GatewayErrors() {}

    /** HTTP's status for one of gRPC's. */
    public static int httpStatus(final int code) {
        return code >= 0 && code < STATUS.length ? STATUS[code] : UNKNOWN;
    }

    /** Prints the error of a call. */
    public static void print(final JsonWriter json, final int code, final String text) {
        final ByteWriter out = json.out();
        out.put("{\"error\":");
        json.string(text);
        out.put(",\"message\":");
        json.string(text);
        out.put(",\"code\":").putSigned(code).put('}');
    }

    /** Prints the error that ends a stream of answers, as its last line. */
    public static void printLast(
            final JsonWriter json, final int code, final String text, final String reason) {
        final int status = httpStatus(code);
        final ByteWriter out = json.out();
        out.put("{\"error\":{\"grpc_code\":").putSigned(code);
        out.put(",\"http_code\":").putSigned(status).put(",\"message\":");
        json.string(text);
        out.put(",\"http_status\":");
        json.string(reason);
        out.put(",\"code\":").putSigned(code).put("}}\n");
    }
}
