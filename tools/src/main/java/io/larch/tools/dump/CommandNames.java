package io.larch.tools.dump;

import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.codec.kv.KvCommand;
import java.util.Locale;

/**
 * What commands that stand in logs are called; a number for those that this build does not know.
 */
final class CommandNames {
    private CommandNames() {}

    static String of(final int domain, final byte type) {
        return switch (domain) {
            case KeysCommand.DOMAIN ->
                    CommandType.isKnown(type)
                            ? CommandType.of(type).name().toLowerCase(Locale.ROOT)
                            : number(type);
            case AuthCommand.DOMAIN -> auth(type);
            case KvCommand.DOMAIN -> kv(type);
            default -> number(type);
        };
    }

    private static String auth(final byte type) {
        return switch (type) {
            case AuthCommand.PUT_USER -> "put_user";
            case AuthCommand.DELETE_USER -> "delete_user";
            case AuthCommand.PUT_ROLE -> "put_role";
            case AuthCommand.DELETE_ROLE -> "delete_role";
            case AuthCommand.ENABLE -> "enable";
            case AuthCommand.DISABLE -> "disable";
            default -> number(type);
        };
    }

    private static String kv(final byte type) {
        return switch (type) {
            case KvCommand.PUT -> "put";
            case KvCommand.DELETE_RANGE -> "delete_range";
            case KvCommand.TXN -> "txn";
            case KvCommand.COMPACT -> "compact";
            case KvCommand.LEASE_GRANT -> "lease_grant";
            case KvCommand.LEASE_REVOKE -> "lease_revoke";
            case KvCommand.LEASE_KEEP_ALIVE -> "lease_keep_alive";
            case KvCommand.ALARM -> "alarm";
            default -> number(type);
        };
    }

    private static String number(final byte type) {
        return String.valueOf(type);
    }
}
