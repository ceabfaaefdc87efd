package io.larch.http.v3.gateway;

import io.larch.http.v3.gateway.Field.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a message. Built once, when the class that holds it is loaded; only read from then
 * on, by all.
 */
final class MessageType {
    private static final int MAX_NUMBER = 64;

    private final Field[] byNumber = new Field[MAX_NUMBER + 1];
    private final Map<String, Field> byName = new HashMap<>();

    /** The field of a number; null when there is none. */
    Field field(final int number) {
        return number < byNumber.length ? byNumber[number] : null;
    }

    /** The field that JSON calls so, by either of its names; null when there is none. */
    Field field(final String name) {
        return byName.get(name);
    }

    MessageType int64(final int number, final String name) {
        return with(new Field(number, name, Kind.INT64, false, null, null));
    }

    MessageType uint64(final int number, final String name) {
        return with(new Field(number, name, Kind.UINT64, false, null, null));
    }

    MessageType uint32(final int number, final String name) {
        return with(new Field(number, name, Kind.UINT32, false, null, null));
    }

    MessageType bool(final int number, final String name) {
        return with(new Field(number, name, Kind.BOOL, false, null, null));
    }

    MessageType text(final int number, final String name) {
        return with(new Field(number, name, Kind.TEXT, false, null, null));
    }

    MessageType texts(final int number, final String name) {
        return with(new Field(number, name, Kind.TEXT, true, null, null));
    }

    MessageType bytes(final int number, final String name) {
        return with(new Field(number, name, Kind.BYTES, false, null, null));
    }

    MessageType bytesList(final int number, final String name) {
        return with(new Field(number, name, Kind.BYTES, true, null, null));
    }

    MessageType enumeration(final int number, final String name, final List<String> names) {
        return with(new Field(number, name, Kind.ENUM, false, null, names));
    }

    MessageType enumerations(final int number, final String name, final List<String> names) {
        return with(new Field(number, name, Kind.ENUM, true, null, names));
    }

    MessageType message(final int number, final String name, final MessageType type) {
        return with(new Field(number, name, Kind.MESSAGE, false, type, null));
    }

    MessageType messages(final int number, final String name, final MessageType type) {
        return with(new Field(number, name, Kind.MESSAGE, true, type, null));
    }

    private MessageType with(final Field field) {
        byNumber[field.number()] = field;
        byName.put(field.name(), field);
        byName.putIfAbsent(field.camelName(), field);
        return this;
    }
}
