package io.larch.tools.dump;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.ProtoReader;
import java.util.Map;

/** What can be told of a command of the v3 API: which key, lease or revision. */
final class KvFields {
    private static final int KEY = 1;
    private static final int VALUE_OR_END = 2;
    private static final int ID = 1;
    private static final int GRANTED_ID = 2;

    private final ProtoReader reader = new ProtoReader();

    /** Adds them for a well-formed command. */
    void put(final Map<String, Object> fields, final CommandEnvelope command) {
        reader.wrap(command.buffer(), KvCommand.bodyOffset(command), KvCommand.bodyLength(command));
        while (reader.next()) {
            put(fields, command.type());
        }
    }

    private void put(final Map<String, Object> fields, final byte type) {
        final int field = reader.field();
        switch (type) {
            case KvCommand.PUT -> {
                if (field == KEY) {
                    fields.put("key", text());
                } else if (field == VALUE_OR_END) {
                    fields.put("valueLength", reader.length());
                }
            }
            case KvCommand.DELETE_RANGE -> {
                if (field == KEY) {
                    fields.put("key", text());
                } else if (field == VALUE_OR_END) {
                    fields.put("rangeEnd", text());
                }
            }
            case KvCommand.COMPACT -> {
                if (field == ID) {
                    fields.put("revision", reader.number());
                }
            }
            case KvCommand.LEASE_GRANT -> {
                if (field == GRANTED_ID) {
                    fields.put("lease", Hex.of(reader.number()));
                }
            }
            case KvCommand.LEASE_REVOKE -> {
                if (field == ID) {
                    fields.put("lease", Hex.of(reader.number()));
                }
            }
            default -> {
                // A transaction or a list: its name says what there is to say.
            }
        }
    }

    private String text() {
        return CommandFields.text(reader.buffer(), reader.offset(), reader.length());
    }
}
