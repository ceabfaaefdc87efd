package io.larch.http.keys;

import io.larch.engine.codec.ErrorCode;
import io.larch.http.go.MediaType;
import io.larch.http.text.Ascii;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;

/**
 * What a request to /v2/keys asks for, checked in etcd 2.3.8's order: the first thing wrong is the
 * one reported.
 *
 * <p>Reused from request to request; not threadsafe.
 */
final class KeysParameters {
    private final Form form = new Form();
    private ErrorCode error;
    private String cause;
    private boolean isNumber;

    private long prevIndex;
    private long waitIndex;
    private boolean isRecursive;
    private boolean isSorted;
    private boolean isWait;
    private boolean isDir;
    private boolean isQuorum;
    private boolean isStream;
    private boolean isNoValueOnSuccess;
    private boolean hasTtl;
    private long ttlSeconds;
    private boolean prevExist;
    private boolean isRefresh;

    /**
     * Reads query and body.
     *
     * @return whether all is well; else see {@link #error()} and {@link #cause()}.
     */
    boolean parse(final HttpRequest request) {
        error = null;
        cause = null;
        form.clear();
        return readForm(request)
                && indexes()
                && flags()
                && waitOnlyWithGet(request.method())
                && prevValue()
                && noValueOnSuccess()
                && ttl()
                && checkPrevExist()
                && checkRefresh();
    }

    private boolean readForm(final HttpRequest request) {
        String problem = null;
        if (isBodyRead(request)) {
            problem =
                    MediaType.error(
                            request.head(), request.contentTypeFrom(), request.contentTypeTo());
            if (isForm(request)) {
                if (problem == null) {
                    problem = request.bodyError();
                }
                if (request.bodyError() == null) {
                    final String inBody = form.read(request.body(), 0, request.bodyLength());
                    problem = problem == null ? inBody : problem;
                }
            }
        }
        if (request.queryFrom() >= 0) {
            final String inQuery =
                    form.read(request.head(), request.queryFrom(), request.queryTo());
            problem = problem == null ? inQuery : problem;
        }
        return problem == null || fail(ErrorCode.INVALID_FORM, problem);
    }

    /** Whether the method's body counts; of GET and DELETE it never does. */
    static boolean isBodyRead(final HttpRequest request) {
        return request.method() == HttpMethod.PUT || request.method() == HttpMethod.POST;
    }

    /** Whether the body is announced as a form. */
    static boolean isForm(final HttpRequest request) {
        return MediaType.isForm(request.head(), request.contentTypeFrom(), request.contentTypeTo());
    }

    private boolean indexes() {
        prevIndex = number(Parameter.PREV_INDEX);
        if (!isNumber) {
            return fail(ErrorCode.INDEX_NOT_A_NUMBER, "invalid value for \"prevIndex\"");
        }
        waitIndex = number(Parameter.WAIT_INDEX);
        return isNumber || fail(ErrorCode.INDEX_NOT_A_NUMBER, "invalid value for \"waitIndex\"");
    }

    private boolean flags() {
        isRecursive = flag(Parameter.RECURSIVE);
        isSorted = flag(Parameter.SORTED);
        isWait = flag(Parameter.WAIT);
        isDir = flag(Parameter.DIR);
        isQuorum = flag(Parameter.QUORUM);
        isStream = flag(Parameter.STREAM);
        return error == null;
    }

    private boolean waitOnlyWithGet(final HttpMethod method) {
        return !isWait
                || method == HttpMethod.GET
                || fail(ErrorCode.INVALID_FIELD, "\"wait\" can only be used with GET requests");
    }

    private boolean prevValue() {
        return !form.has(Parameter.PREV_VALUE)
                || form.length(Parameter.PREV_VALUE) > 0
                || fail(ErrorCode.PREV_VALUE_REQUIRED, "\"prevValue\" cannot be empty");
    }

    private boolean noValueOnSuccess() {
        isNoValueOnSuccess = flag(Parameter.NO_VALUE_ON_SUCCESS);
        return error == null;
    }

    private boolean ttl() {
        hasTtl = form.length(Parameter.TTL) > 0;
        ttlSeconds = 0;
        if (!hasTtl) {
            return true;
        }
        ttlSeconds = number(Parameter.TTL);
        return isNumber || fail(ErrorCode.TTL_NOT_A_NUMBER, "invalid value for \"ttl\"");
    }

    private boolean checkPrevExist() {
        final int parsed = bool(Parameter.PREV_EXIST);
        prevExist = parsed == 1;
        return parsed >= 0 || fail(ErrorCode.INVALID_FIELD, "invalid value for prevExist");
    }

    private boolean checkRefresh() {
        final int parsed = bool(Parameter.REFRESH);
        isRefresh = parsed == 1;
        if (parsed < 0) {
            return fail(ErrorCode.INVALID_FIELD, "invalid value for refresh");
        }
        if (isRefresh && form.length(Parameter.VALUE) > 0) {
            return fail(ErrorCode.REFRESH_VALUE, "A value was provided on a refresh");
        }
        return !isRefresh || hasTtl || fail(ErrorCode.REFRESH_TTL_REQUIRED, "No TTL value set");
    }

    /** An unsigned 64-bit number, 0 if absent; sets {@link #isNumber}. */
    private long number(final Parameter parameter) {
        isNumber = true;
        if (!form.has(parameter)) {
            return 0;
        }
        final byte[] bytes = form.bytes();
        final int from = form.from(parameter);
        final int to = from + form.length(parameter);
        isNumber = to > from;
        long value = 0;
        for (int i = from; i < to && isNumber; i++) {
            final int digit = bytes[i] - '0';
            // 1844674407370955161 * 10 + 5 is the largest unsigned number.
            isNumber =
                    digit >= 0
                            && digit <= 9
                            && Long.compareUnsigned(value, 1844674407370955161L) <= 0
                            && (value != 1844674407370955161L || digit <= 5);
            value = value * 10 + digit;
        }
        return value;
    }

    private boolean flag(final Parameter parameter) {
        if (error != null) {
            return false;
        }
        final int parsed = bool(parameter);
        if (parsed < 0) {
            fail(ErrorCode.INVALID_FIELD, "invalid value for \"" + parameter.text() + '"');
        }
        return parsed == 1;
    }

    /** 1 for true, 0 for false or absent, -1 for neither. */
    private int bool(final Parameter parameter) {
        if (!form.has(parameter)) {
            return 0;
        }
        final byte[] bytes = form.bytes();
        final int from = form.from(parameter);
        final int to = from + form.length(parameter);
        switch (to - from) {
            case 1:
                return switch (bytes[from]) {
                    case '1', 't', 'T' -> 1;
                    case '0', 'f', 'F' -> 0;
                    default -> -1;
                };
            case 4:
                return Ascii.equal(bytes, from, to, "true")
                                || Ascii.equal(bytes, from, to, "TRUE")
                                || Ascii.equal(bytes, from, to, "True")
                        ? 1
                        : -1;
            case 5:
                return Ascii.equal(bytes, from, to, "false")
                                || Ascii.equal(bytes, from, to, "FALSE")
                                || Ascii.equal(bytes, from, to, "False")
                        ? 0
                        : -1;
            default:
                return -1;
        }
    }

    private boolean fail(final ErrorCode code, final String why) {
        error = code;
        cause = why;
        return false;
    }

    ErrorCode error() {
        return error;
    }

    String cause() {
        return cause;
    }

    /** Where value and prevValue are. */
    Form form() {
        return form;
    }

    /** Unsigned; 0 for no condition. */
    long prevIndex() {
        return prevIndex;
    }

    /** Unsigned; 0 for from now. */
    long waitIndex() {
        return waitIndex;
    }

    boolean isRecursive() {
        return isRecursive;
    }

    boolean isSorted() {
        return isSorted;
    }

    boolean isWait() {
        return isWait;
    }

    boolean isDir() {
        return isDir;
    }

    boolean isQuorum() {
        return isQuorum;
    }

    boolean isStream() {
        return isStream;
    }

    boolean isNoValueOnSuccess() {
        return isNoValueOnSuccess;
    }

    boolean hasTtl() {
        return hasTtl;
    }

    /** Unsigned. */
    long ttlSeconds() {
        return ttlSeconds;
    }

    boolean hasPrevExist() {
        return form.has(Parameter.PREV_EXIST);
    }

    boolean prevExist() {
        return prevExist;
    }

    boolean isRefresh() {
        return isRefresh;
    }
}
