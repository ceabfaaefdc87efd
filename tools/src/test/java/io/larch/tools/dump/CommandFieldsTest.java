package io.larch.tools.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandFieldsTest {
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "64, put, 0a016112027879, \"{key=a, valueLength=2}\"",
                "64, put, 0a02c3a4, {key=ä}",
                "65, delete_range, 0a016112016c, \"{key=a, rangeEnd=l}\"",
                "66, txn, 0a00, {}",
                "67, compact, 080c1001, {revision=12}",
                "68, lease_grant, 083c10ac02, {lease=12c}",
                "69, lease_revoke, 08ac02, {lease=12c}",
                "70, lease_keep_alive, 0102030405060708, {}",
                "71, alarm, 0801, {}",
                "64, put, 0a05, {}",
                "99, 99, 0a0161, {}"
            })
    void shouldTellWhatACommandOfTheV3ApiIsAbout(
            final byte type, final String name, final String hex, final String told) {
        final byte[] body = HexFormat.of().parseHex(hex);
        final int bodyOffset = KvCommand.encode(buffer, 4, type, 0, 1, 2, body.length);
        buffer.putBytes(bodyOffset, body);
        final Map<String, Object> fields = fields(bodyOffset + body.length - 4);
        assertEquals(KvCommand.DOMAIN, fields.get("domain"));
        assertEquals(name, fields.get("command"));
        fields.keySet().removeAll(java.util.List.of("domain", "command", "time", "origin"));
        assertEquals(told, fields.toString());
    }

    @Test
    void shouldNameCommandsAboutUsers() {
        final int end =
                CommandEnvelope.encode(
                        buffer, 4, AuthCommand.DOMAIN, AuthCommand.DELETE_ROLE, 0, 1, 2, 3);
        assertEquals("delete_role", fields(end - 4).get("command"));
        CommandEnvelope.encode(buffer, 4, 99, AuthCommand.DELETE_ROLE, 0, 1, 2, 3);
        assertEquals("19", fields(end - 4).get("command"));
    }

    private Map<String, Object> fields(final int length) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        new CommandFields().put(fields, buffer, 4, length);
        return fields;
    }
}
