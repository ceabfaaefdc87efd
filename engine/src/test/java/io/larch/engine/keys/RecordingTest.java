package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.larch.engine.application.Result;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import java.io.IOException;
import java.io.StringReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gives the store what a real etcd 2.3.8 was given and compares what it answers. What the edge
 * decides (malformed parameters, redirects, other paths) is left out.
 */
class RecordingTest {
    private static final Path RECORDINGS = Path.of("../tools/src/test/resources/conformance");
    private static final Set<Integer> STORE_CODES = Set.of(100, 101, 102, 104, 105, 107, 108);

    private final StoreFixture larch = new StoreFixture();

    @ParameterizedTest
    @ValueSource(strings = {"random-1", "random-2", "random-3", "tour"})
    void shouldAnswerAsEtcdDid(final String name) throws IOException {
        larch.nowNanos = 1_700_000_000_000_000_000L;
        final List<String> lines = Files.readAllLines(RECORDINGS.resolve(name + ".jsonl"));
        int compared = 0;
        for (final String line : lines) {
            final Map<String, String> recorded = parse(line);
            if (isForTheStore(recorded)) {
                compare(recorded, line);
                compared++;
            }
        }
        assertTrue(compared > lines.size() / 3, compared + " of " + lines.size());
        larch.close();
    }

    private void compare(final Map<String, String> recorded, final String line) throws IOException {
        final String url = recorded.get("path");
        final int question = url.indexOf('?');
        final Map<String, String> form = new HashMap<>();
        if (question >= 0) {
            addForm(url.substring(question + 1), form);
        }
        final String method = recorded.get("method");
        final boolean isForm = recorded.get("requestType").contains("form-urlencoded");
        if (recorded.get("body") != null
                && isForm
                && (method.equals("PUT") || method.equals("POST"))) {
            addForm(recorded.get("body"), form);
        }
        String key =
                decode(
                        (question >= 0 ? url.substring(0, question) : url)
                                .substring("/v2/keys".length())
                                .replace("+", "%2B"));
        if (key.endsWith("/")) {
            key = key.substring(0, key.length() - 1);
        }
        prepare(method, key.isEmpty() ? "/" : key, form);

        final Map<String, String> reply = parse(recorded.get("replyBody"));
        final String recordedIndex = recorded.get("X-Etcd-Index");
        final boolean isWrite = larch.encode().type().isWrite();
        final boolean isEvent = isWrite && !reply.containsKey("errorCode");
        while (larch.store.index() < Long.parseLong(recordedIndex) - (isEvent ? 1 : 0)) {
            larch.store.applyInternal();
        }
        larch.run();
        final boolean isSorted = isTrue(form.getOrDefault("sorted", "false"));
        assertEquals(mask(recorded.get("replyBody"), isSorted), mask(json(), isSorted), line);
        assertEquals(recordedIndex, Long.toString(larch.result.storeIndex()), line);
        if (larch.result.isOk()) {
            assertEquals(recorded.get("status").equals("201"), larch.result.isCreated(), line);
        }
    }

    private void prepare(final String method, final String key, final Map<String, String> form) {
        final String prevExist = form.get("prevExist");
        final String prevValue = form.getOrDefault("prevValue", "");
        final long prevIndex = Long.parseUnsignedLong(form.getOrDefault("prevIndex", "0"));
        final boolean isCompare = !prevValue.isEmpty() || prevIndex != 0;
        final CommandType type;
        switch (method) {
            case "POST":
                type = CommandType.CREATE_IN_ORDER;
                break;
            case "DELETE":
                type = isCompare ? CommandType.COMPARE_AND_DELETE : CommandType.DELETE;
                break;
            case "PUT":
                if (prevExist != null && !isTrue(prevExist)) {
                    type = CommandType.CREATE;
                } else if (isCompare) {
                    type = CommandType.COMPARE_AND_SWAP;
                } else {
                    type = prevExist != null ? CommandType.UPDATE : CommandType.SET;
                }
                break;
            default:
                type = CommandType.GET;
        }
        larch.command(type, key).value(form.getOrDefault("value", ""));
        if (type == CommandType.COMPARE_AND_SWAP || type == CommandType.COMPARE_AND_DELETE) {
            larch.prevValue(prevValue).index(prevIndex);
        }
        if (!form.getOrDefault("ttl", "").isEmpty()) {
            larch.ttl(Long.parseLong(form.get("ttl")));
        }
        setFlag(form, "dir", KeysCommand.DIR);
        setFlag(form, "recursive", KeysCommand.RECURSIVE);
        setFlag(form, "sorted", KeysCommand.SORTED);
        setFlag(form, "refresh", KeysCommand.REFRESH);
    }

    private void setFlag(final Map<String, String> form, final String name, final int flag) {
        if (isTrue(form.getOrDefault(name, "false"))) {
            larch.flags(flag);
        }
    }

    private static boolean isTrue(final String text) {
        return Set.of("1", "t", "T", "true", "TRUE", "True").contains(text);
    }

    private static boolean isForTheStore(final Map<String, String> recorded) throws IOException {
        final String path = recorded.get("path");
        final String method = recorded.get("method");
        final String body = recorded.get("replyBody");
        if (!path.matches("/v2/keys([/?].*)?")
                || !Set.of("GET", "PUT", "POST", "DELETE").contains(method)
                || recorded.get("X-Etcd-Index") == null
                || path.contains("wait=")
                || path.contains("noValueOnSuccess")
                || body == null
                || body.isEmpty()) {
            return false;
        }
        final String code = parse(body).get("errorCode");
        return code == null || STORE_CODES.contains(Integer.parseInt(code));
    }

    private String json() {
        final Result result = larch.result;
        final StringBuilder text = new StringBuilder();
        if (!result.isOk()) {
            final ErrorCode code = ErrorCode.of(result.errorCode());
            text.append("{\"errorCode\":").append(code.code());
            text.append(",\"message\":\"").append(code.message()).append('"');
            if (result.causeLength() > 0) {
                text.append(",\"cause\":");
                string(utf8(result.cause(), 0, result.causeLength()), text);
            }
            return text.append(",\"index\":").append(result.storeIndex()).append("}\n").toString();
        }
        final DirectBuffer event = result.event();
        text.append("{\"action\":\"");
        text.append(new String(EventFlyweight.action(event, 0).text(), StandardCharsets.US_ASCII));
        text.append("\",\"node\":");
        final int end = node(event, EventFlyweight.HEADER_LENGTH, text);
        if ((EventFlyweight.flags(event, 0) & EventFlyweight.HAS_PREV_NODE) != 0) {
            text.append(",\"prevNode\":");
            node(event, end, text);
        }
        return text.append("}\n").toString();
    }

    private static int node(final DirectBuffer event, final int node, final StringBuilder text) {
        final int flags = EventFlyweight.nodeFlags(event, node);
        final int start = text.append('{').length();
        if (EventFlyweight.keyLength(event, node) > 0) {
            text.append(",\"key\":");
            final int length = EventFlyweight.keyLength(event, node);
            string(utf8(event, EventFlyweight.keyOffset(node), length), text);
        }
        if ((flags & EventFlyweight.NODE_HAS_VALUE) != 0) {
            text.append(",\"value\":");
            final int length = EventFlyweight.valueLength(event, node);
            string(utf8(event, EventFlyweight.valueOffset(event, node), length), text);
        }
        if ((flags & EventFlyweight.NODE_DIR) != 0) {
            text.append(",\"dir\":true");
        }
        if ((flags & EventFlyweight.NODE_HAS_EXPIRATION) != 0) {
            text.append(",\"expiration\":\"\"");
        }
        if (EventFlyweight.ttlSeconds(event, node) != 0) {
            text.append(",\"ttl\":").append(EventFlyweight.ttlSeconds(event, node));
        }
        int end = EventFlyweight.nodeEnd(event, node);
        final int children = EventFlyweight.childCount(event, node);
        for (int i = 0; i < children; i++) {
            end = node(event, end, text.append(i == 0 ? ",\"nodes\":[" : ","));
        }
        text.append(children > 0 ? "]" : "");
        if (EventFlyweight.modifiedIndex(event, node) > 0) {
            text.append(",\"modifiedIndex\":").append(EventFlyweight.modifiedIndex(event, node));
            text.append(",\"createdIndex\":").append(EventFlyweight.createdIndex(event, node));
        }
        if (text.length() > start) {
            text.deleteCharAt(start);
        }
        text.append('}');
        return end;
    }

    private static void string(final String value, final StringBuilder text) {
        text.append('"');
        for (final char c : value.toCharArray()) {
            switch (c) {
                case '"':
                case '\\':
                    text.append('\\').append(c);
                    break;
                case '\n':
                    text.append("\\n");
                    break;
                case '\r':
                    text.append("\\r");
                    break;
                case '\t':
                    text.append("\\t");
                    break;
                default:
                    if (c < 0x20 || "<>&\u2028\u2029\uFFFD".indexOf(c) >= 0) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
            }
        }
        text.append('"');
    }

    private static String utf8(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Without times; a listing that is in no order is put into one. */
    private static String mask(final String body, final boolean isSorted) {
        if (!isSorted && body.contains("nodes")) {
            final String[] parts = mask(body, true).split("[\\[\\]{},\n]+");
            Arrays.sort(parts);
            return String.join(",", parts);
        }
        return body.replaceAll("\"expiration\":\"[^\"]*\"", "\"expiration\":\"\"")
                .replaceAll("\"ttl\":-?[0-9]+", "\"ttl\":0");
    }

    /** Strings as the fixture takes them: one character a byte. */
    private static String decode(final String text) {
        return URLDecoder.decode(text, StandardCharsets.ISO_8859_1);
    }

    private static void addForm(final String text, final Map<String, String> form) {
        final Set<String> seen = new HashSet<>();
        for (final String pair : text.split("&")) {
            final int equals = pair.indexOf('=');
            final String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (!name.isEmpty() && seen.add(name)) {
                form.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
    }

    /** All scalar fields, however deep; a null is absent. */
    private static Map<String, String> parse(final String json) throws IOException {
        final Map<String, String> fields = new HashMap<>();
        fields.put("requestType", "form-urlencoded");
        try (JsonParser parser = new JsonFactory().createParser(new StringReader(json))) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
                    continue;
                }
                final String pointer = parser.getParsingContext().pathAsPointer().toString();
                if (pointer.startsWith("/headers")) {
                    if (parser.currentName().equals("Content-Type")) {
                        fields.put("requestType", parser.getText());
                    }
                } else {
                    fields.putIfAbsent(parser.currentName(), parser.getText());
                }
            }
        }
        return fields;
    }
}
