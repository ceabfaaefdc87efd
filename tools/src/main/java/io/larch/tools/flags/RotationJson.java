package io.larch.tools.flags;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.jr.ob.JSON;
import io.larch.tools.log.LogRotation;
import java.io.IOException;
import java.util.Map;

/** What --log-rotation-config-json says, each field of the type that etcd's has. */
final class RotationJson {
    private static final String FLAG = "log-rotation-config-json";
    private static final String OF_GO = "invalid log rotation config: json: cannot unmarshal ";
    private static final int DEFAULT_SIZE_MB = 100;

    private final FlagSet flags;
    private Map<String, Object> fields = Map.of();

    RotationJson(final FlagSet flags) {
        this.flags = flags;
    }

    /**
     * Reads it; what is not there is 0, or false, and of the size 100 MiB.
     *
     * @throws ExitException with etcd's words.
     */
    LogRotation rotation() throws ExitException {
        try {
            fields = JSON.std.mapFrom(flags.text(FLAG));
        } catch (final JsonProcessingException e) {
            throw flags.contradiction(
                    "improperly formatted log rotation config: " + e.getOriginalMessage(), FLAG);
        } catch (final IOException e) {
            throw flags.contradiction(
                    "improperly formatted log rotation config: " + e.getMessage(), FLAG);
        }
        for (final String name : fields.keySet()) {
            if (!name.matches("maxsize|maxage|maxbackups|localtime|compress")) {
                throw flags.contradiction(
                        "invalid log rotation config: unknown field \"" + name + "\"", FLAG);
            }
        }
        final int sizeMb = number("maxsize");
        return new LogRotation(
                sizeMb == 0 ? DEFAULT_SIZE_MB : sizeMb,
                number("maxage"),
                number("maxbackups"),
                isTrue("localtime"),
                isTrue("compress"));
    }

    private int number(final String name) throws ExitException {
        final Object value = fields.getOrDefault(name, 0);
        if (value instanceof Integer number && number >= 0) {
            return number;
        }
        throw flags.contradiction(mismatch(value, name, "int"), FLAG);
    }

    private boolean isTrue(final String name) throws ExitException {
        final Object value = fields.getOrDefault(name, false);
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw flags.contradiction(mismatch(value, name, "bool"), FLAG);
    }

    private static String mismatch(final Object value, final String name, final String type) {
        final String what;
        if (value instanceof Boolean) {
            what = "bool";
        } else if (value instanceof Number) {
            what = type.equals("int") ? "number " + value : "number";
        } else {
            what = value instanceof String ? "string" : "object";
        }
        return OF_GO
                + what
                + " into Go struct field logRotationConfig."
                + name
                + " of type "
                + type;
    }
}
