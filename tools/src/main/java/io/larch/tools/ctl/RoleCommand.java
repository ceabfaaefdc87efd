package io.larch.tools.ctl;

import java.io.IOException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Roles of the cluster. */
@Command(
        name = "role",
        description = "Makes, shows, changes and removes roles.",
        subcommands = {
            RoleCommand.Add.class,
            RoleCommand.Get.class,
            RoleCommand.ListRoles.class,
            RoleCommand.Remove.class,
            RoleCommand.Grant.class,
            RoleCommand.Revoke.class
        })
final class RoleCommand extends Group {
    private RoleCommand(final Session session) {}

    /** What those have in common that are about one role. */
    private abstract static class OfOne extends ListCommand {
        OfOne(final Session session) {
            super(session);
        }

        final String role() throws Failure {
            return words(1, "Please provide a role name").get(0);
        }
    }

    /** Makes a role. */
    @Command(
            name = "add",
            customSynopsis = "larchctl role add NAME",
            description = "Makes a role that may nothing yet.")
    static final class Add extends OfOne {
        Add(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final String name = role();
            final Auth auth = session().auth();
            if (isThere(auth, name)) {
                throw new Failure(Failure.BAD_ARGUMENTS, "Role " + name + " already exists");
            }
            auth.addRole(name);
            out().println("Role " + name + " created");
        }

        /** Who may not look is told so by the attempt to make it. */
        private static boolean isThere(final Auth auth, final String name) {
            try {
                return auth.role(name) != null;
            } catch (final IOException e) {
                return false;
            }
        }
    }

    /** Shows a role. */
    @Command(
            name = "get",
            customSynopsis = "larchctl role get NAME",
            description = "Prints what a role may read and write.")
    static final class Get extends OfOne {
        Get(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final String name = role();
            final Auth.Role role = session().auth().role(name);
            out().println("Role: " + role.name());
            out().println("KV Read:");
            role.read().forEach(pattern -> out().println("\t" + pattern));
            out().println("KV Write:");
            role.write().forEach(pattern -> out().println("\t" + pattern));
        }
    }

    /** Prints the names of all roles. */
    @Command(
            name = "list",
            customSynopsis = "larchctl role list",
            description = "Prints the names of all roles.")
    static final class ListRoles extends ListCommand {
        ListRoles(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            noWords();
            session().auth().roles().forEach(out()::println);
        }
    }

    /** Removes a role. */
    @Command(
            name = "remove",
            customSynopsis = "larchctl role remove NAME",
            description = "Removes a role.")
    static final class Remove extends OfOne {
        Remove(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final String name = role();
            session().auth().removeRole(name);
            out().println("Role " + name + " removed");
        }
    }

    /** What those have in common that change what a role may. */
    private abstract static class OfPath extends OfOne {
        @Option(
                names = "--path",
                paramLabel = "PATTERN",
                description = "Which keys: a path, or the beginning of one and a star.")
        private String path = "";

        @Option(names = "--read", description = "For reading.")
        private boolean isRead;

        @Option(names = "--write", description = "For writing.")
        private boolean isWrite;

        @Option(
                names = {"--readwrite", "--rw"},
                description = "For both.")
        private boolean isBoth;

        private final Auth.Change change;

        OfPath(final Session session, final Auth.Change change) {
            super(session);
            this.change = change;
        }

        @Override
        final void run() throws IOException, Failure {
            check();
            final String name = role();
            final Auth auth = session().auth();
            final Auth.Role before = auth.role(name);
            final Auth.Role after =
                    auth.change(change, name, path, isRead || isBoth, isWrite || isBoth);
            if (after.equals(before)) {
                final String word = change == Auth.Change.GRANT ? "granted" : "revoked";
                out().print("Role unchanged; already " + word);
            }
            out().println("Role " + name + " updated");
        }

        private void check() throws Failure {
            if (path.isEmpty()) {
                throw new Failure(Failure.BAD_ARGUMENTS, "No path specified; please use `--path`");
            }
            final String canonical = GoText.canonicalPath(path);
            if (!canonical.equals(path)) {
                throw new Failure(
                        Failure.BAD_ARGUMENTS,
                        "Not canonical path; please use `--path=" + canonical + "`");
            }
            if (Stream.of(isRead, isWrite, isBoth).filter(is -> is).count() != 1) {
                throw new Failure(
                        Failure.BAD_ARGUMENTS,
                        "Please specify exactly one of --read, --write or --readwrite");
            }
        }
    }

    /** Lets a role do more. */
    @Command(
            name = "grant",
            customSynopsis = "larchctl role grant --path PATTERN --read|--write|--readwrite NAME",
            description = "Lets a role read or write more keys.")
    static final class Grant extends OfPath {
        Grant(final Session session) {
            super(session, Auth.Change.GRANT);
        }
    }

    /** Lets a role do less. */
    @Command(
            name = "revoke",
            customSynopsis = "larchctl role revoke --path PATTERN --read|--write|--readwrite NAME",
            description = "Takes from a role what it was granted.")
    static final class Revoke extends OfPath {
        Revoke(final Session session) {
            super(session, Auth.Change.REVOKE);
        }
    }
}
