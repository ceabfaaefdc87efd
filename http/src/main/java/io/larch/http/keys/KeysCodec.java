package io.larch.http.keys;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.http.text.Ascii;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.wire.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Both directions of /v2/keys: requests become commands, events and errors become JSON. One per
 * event loop, reused from request to request.
 *
 * <p>Not threadsafe.
 */
public final class KeysCodec {
    /** The path that keys live under. */
    public static final String PREFIX = "/v2/keys";

    private static final byte[][] MESSAGES = messages();
    private static final byte[] ERROR_CODE = Ascii.bytes("{\"errorCode\":");
    private static final byte[] MESSAGE = Ascii.bytes(",\"message\":\"");
    private static final byte[] CAUSE = Ascii.bytes(",\"cause\":");
    private static final byte[] INDEX = Ascii.bytes(",\"index\":");
    private static final byte[] END = Ascii.bytes("}\n");

    private final KeysParameters parameters = new KeysParameters();
    private final CommandBuilder command = new CommandBuilder();
    private final JsonWriter json;
    private final EventPrinter printer;
    private final PrintedListings listings = new PrintedListings();
    private final UnsafeBuffer causeView = new UnsafeBuffer(new byte[0]);
    private CommandType type;

    /**
     * @param json where replies are printed.
     */
    public KeysCodec(final JsonWriter json) {
        this.json = json;
        this.printer = new EventPrinter(json);
    }

    /** Whether a request's body is of use: a form of PUT or POST. */
    public static boolean wantsBody(final HttpRequest request) {
        return KeysParameters.isBodyRead(request) && KeysParameters.isForm(request);
    }

    /**
     * Checks a request and chooses its operation.
     *
     * @return null if all is well, else the error; its cause is in {@link #cause()}.
     */
    public ErrorCode parse(final HttpRequest request) {
        if (!parameters.parse(request)) {
            return parameters.error();
        }
        type = CommandBuilder.typeOf(request.method(), parameters);
        return null;
    }

    public String cause() {
        return parameters.cause();
    }

    public CommandType type() {
        return type;
    }

    /** Whether the request parsed last is a linearizable read. */
    public boolean isQuorum() {
        return type == CommandType.GET && parameters.isQuorum();
    }

    /** Whether the request parsed last is about all that is below its key, too. */
    public boolean isRecursive() {
        return parameters.isRecursive();
    }

    public boolean isStream() {
        return parameters.isStream();
    }

    public boolean isNoValueOnSuccess() {
        return parameters.isNoValueOnSuccess();
    }

    /** Encodes the parsed request's command into {@link #command()}. */
    public void encode(final HttpRequest request, final long correlationId, final long nowNanos) {
        final int keyFrom = request.pathFrom() + PREFIX.length();
        int keyTo = request.pathTo();
        if (keyTo > keyFrom && request.head()[keyTo - 1] == '/') {
            keyTo--;
        }
        command.build(type, request, keyFrom, keyTo, parameters, correlationId, nowNanos);
    }

    /** Asks, in the command just encoded, for a read that takes little memory. */
    public void beSparing() {
        if (type == CommandType.GET) {
            command.addFlags(CommandEnvelope.SPARING);
        }
    }

    /** Encodes the end of a watch or a read into {@link #command()}. */
    public void encodeCancel(final long correlationId, final long nowNanos) {
        command.buildAbout(CommandType.CANCEL, correlationId, nowNanos);
    }

    /** Encodes the wish for the next part of a read into {@link #command()}. */
    public void encodeMore(final long correlationId, final long nowNanos) {
        command.buildAbout(CommandType.MORE, correlationId, nowNanos);
    }

    /** The encoded command, from offset 0; valid until the next is encoded. */
    public DirectBuffer command() {
        return command.buffer();
    }

    public int commandLength() {
        return command.length();
    }

    /** Encodes a plain read of one key. */
    public void encodeGet(final String path, final long correlationId, final long nowNanos) {
        command.build(
                CommandType.GET,
                path.getBytes(StandardCharsets.UTF_8),
                new byte[0],
                correlationId,
                nowNanos);
    }

    /** Encodes a plain write of one key. */
    public void encodeSet(
            final String path, final String value, final long correlationId, final long nowNanos) {
        command.build(
                CommandType.SET,
                path.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                correlationId,
                nowNanos);
    }

    /** Notes in the command how long the request has been here. */
    public void noteEdgeTime(final long nanos) {
        command.noteEdgeTime(nanos);
    }

    /** Forgets the command; a rare large one's memory is given back. */
    public void release() {
        command.release();
    }

    /** Prints an event. */
    public void print(final DirectBuffer event, final int offset) {
        printer.print(event, offset);
    }

    /**
     * Prints the result of a read.
     *
     * @param listing the number of what it says, 0 for none; then a text printed before will do.
     */
    public void print(final DirectBuffer event, final int offset, final long listing) {
        final ByteWriter out = json.out();
        final int from = out.length();
        if (!listings.print(listing, out)) {
            printer.print(event, offset);
            listings.printed(listing, out, from);
        }
    }

    /** The value of an event's node as text; null if it is a directory. */
    public static String valueOf(final DirectBuffer event, final int offset) {
        final int node = offset + EventFlyweight.HEADER_LENGTH;
        return (EventFlyweight.nodeFlags(event, node) & EventFlyweight.NODE_DIR) != 0
                ? null
                : event.getStringWithoutLengthUtf8(
                        EventFlyweight.valueOffset(event, node),
                        EventFlyweight.valueLength(event, node));
    }

    /** Prints a write's reply without node, as noValueOnSuccess wants it where it has effect. */
    public void printWithoutValue(final DirectBuffer event, final int offset) {
        if (isNodeOmitted(event, offset)) {
            printer.printAction(EventFlyweight.action(event, offset));
        } else {
            printer.print(event, offset);
        }
    }

    /** Whether noValueOnSuccess has effect. */
    public static boolean isNodeOmitted(final DirectBuffer event, final int offset) {
        return switch (EventFlyweight.action(event, offset)) {
            case SET, CREATE, UPDATE, COMPARE_AND_SWAP -> true;
            default -> false;
        };
    }

    /** Prints an error. */
    public void printError(final ErrorCode code, final String cause, final long storeIndex) {
        final byte[] bytes = cause.getBytes(StandardCharsets.ISO_8859_1);
        causeView.wrap(bytes);
        printError(code, causeView, 0, bytes.length, storeIndex);
    }

    /** Prints an error whose cause may be any bytes; without cause if there are none. */
    public void printError(
            final ErrorCode code,
            final DirectBuffer cause,
            final int offset,
            final int length,
            final long storeIndex) {
        json.out().put(ERROR_CODE).putUnsigned(code.code());
        json.out().put(MESSAGE).put(MESSAGES[code.ordinal()]).put('"');
        if (length > 0) {
            json.out().put(CAUSE);
            json.string(cause, offset, length);
        }
        endError(storeIndex, json.out());
    }

    /** Prints an error up to its cause, which has to follow as a string. */
    static void beginError(final ErrorCode code, final JsonWriter json) {
        json.out().put(ERROR_CODE).putUnsigned(code.code());
        json.out().put(MESSAGE).put(MESSAGES[code.ordinal()]).put('"').put(CAUSE);
    }

    static void endError(final long storeIndex, final ByteWriter out) {
        out.put(INDEX).putUnsigned(storeIndex).put(END);
    }

    private static byte[][] messages() {
        final ErrorCode[] codes = ErrorCode.values();
        final byte[][] messages = new byte[codes.length][];
        for (final ErrorCode code : codes) {
            messages[code.ordinal()] = Ascii.bytes(code.message());
        }
        return messages;
    }
}
