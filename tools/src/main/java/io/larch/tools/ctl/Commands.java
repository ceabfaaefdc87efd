package io.larch.tools.ctl;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The commands of larchctl. To read from their annotations what all of them take would last longer
 * than most of them do; so a command line gets those that it names.
 */
final class Commands {
    /** By name, in the order in which help lists them. */
    static final Map<String, Class<?>> BY_NAME = byName();

    /** These look at all others. */
    private static final Set<String> OVER_ALL = Set.of("help", "h", "completion");

    private Commands() {}

    private static Map<String, Class<?>> byName() {
        final Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("cluster-health", HealthCommand.class);
        commands.put("mk", MkCommand.class);
        commands.put("mkdir", MkdirCommand.class);
        commands.put("rm", RmCommand.class);
        commands.put("rmdir", RmdirCommand.class);
        commands.put("get", GetCommand.class);
        commands.put("ls", LsCommand.class);
        commands.put("set", SetCommand.class);
        commands.put("setdir", SetdirCommand.class);
        commands.put("update", UpdateCommand.class);
        commands.put("updatedir", UpdatedirCommand.class);
        commands.put("watch", WatchCommand.class);
        commands.put("exec-watch", ExecWatchCommand.class);
        commands.put("member", MemberCommand.class);
        commands.put("user", UserCommand.class);
        commands.put("role", RoleCommand.class);
        commands.put("auth", AuthCommand.class);
        commands.put("snapshot", SnapshotCommand.class);
        commands.put("restore", RestoreCommand.class);
        commands.put("backup", BackupCommand.class);
        commands.put("import", ImportCommand.class);
        commands.put("export", ExportCommand.class);
        commands.put("completion", CompletionCommand.class);
        commands.put("help", HelpCommand.class);
        return commands;
    }

    /**
     * Those that a command line may mean: all with a name among its words, or all there are, if
     * none has or if they may have to be listed.
     */
    static Collection<Class<?>> amongst(final String... words) {
        final List<String> all = Arrays.asList(words);
        final Map<String, Class<?>> named = new LinkedHashMap<>(BY_NAME);
        named.keySet().retainAll(all);
        final boolean isListWanted =
                all.stream().anyMatch(word -> OVER_ALL.contains(word) || isHelpFlag(word));
        return named.isEmpty() || isListWanted ? BY_NAME.values() : named.values();
    }

    private static boolean isHelpFlag(final String word) {
        return word.startsWith("-") && word.replaceFirst("^--?", "").startsWith("h");
    }
}
