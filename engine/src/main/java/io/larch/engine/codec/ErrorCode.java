package io.larch.engine.codec;

/** Errors of etcd's v2 API: code, HTTP status and message as etcd 2.3.8 prints them. */
public enum ErrorCode {
    KEY_NOT_FOUND(100, 404, "Key not found"),
    TEST_FAILED(101, 412, "Compare failed"),
    NOT_FILE(102, 403, "Not a file"),
    NOT_DIR(104, 400, "Not a directory"),
    NODE_EXIST(105, 412, "Key already exists"),
    ROOT_READ_ONLY(107, 400, "Root is read only"),
    DIR_NOT_EMPTY(108, 403, "Directory not empty"),
    UNAUTHORIZED(110, 401, "The request requires user authentication"),
    PREV_VALUE_REQUIRED(201, 400, "PrevValue is Required in POST form"),
    TTL_NOT_A_NUMBER(202, 400, "The given TTL in POST form is not a number"),
    INDEX_NOT_A_NUMBER(203, 400, "The given index in POST form is not a number"),
    INVALID_FIELD(209, 400, "Invalid field"),
    INVALID_FORM(210, 400, "Invalid POST form"),
    REFRESH_VALUE(211, 400, "Value provided on refresh"),
    REFRESH_TTL_REQUIRED(212, 400, "A TTL must be provided on refresh"),
    RAFT_INTERNAL(300, 500, "Raft Internal Error"),
    LEADER_ELECTION(301, 500, "During Leader Election"),
    EVENT_INDEX_CLEARED(401, 400, "The event in requested index is outdated and cleared"),
    /** Larch's own: the store's capacity is used up; reads and deletes go on. */
    STORE_FULL(405, 507, "Store capacity exceeded");

    private static final ErrorCode[] VALUES = values();

    private final int code;
    private final int status;
    private final String message;

    ErrorCode(final int code, final int status, final String message) {
        this.code = code;
        this.status = status;
        this.message = message;
    }

    public int code() {
        return code;
    }

    /** The HTTP status it is sent with. */
    public int status() {
        return status;
    }

    public String message() {
        return message;
    }

    /** Whether a code is of this API, as this build knows it. */
    public static boolean isKnown(final int code) {
        for (final ErrorCode error : VALUES) {
            if (error.code == code) {
                return true;
            }
        }
        return false;
    }

    /**
     * @throws IllegalArgumentException for a code that is not of this API.
     */
    public static ErrorCode of(final int code) {
        for (final ErrorCode error : VALUES) {
            if (error.code == code) {
                return error;
            }
        }
        throw new IllegalArgumentException("unknown error code: " + code);
    }
}
