package io.larch.tools.ctl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Users of the cluster. */
@Command(
        name = "user",
        description = "Makes, shows, changes and removes users.",
        subcommands = {
            UserCommand.Add.class,
            UserCommand.Get.class,
            UserCommand.ListUsers.class,
            UserCommand.Remove.class,
            UserCommand.Grant.class,
            UserCommand.Revoke.class,
            UserCommand.Passwd.class
        })
final class UserCommand extends Group {
    private UserCommand(final Session session) {}

    /** What those have in common that are about one user. */
    private abstract static class OfOne extends ListCommand {
        OfOne(final Session session) {
            super(session);
        }

        final String user() throws Failure {
            return words(1, "Please provide a username").get(0);
        }
    }

    /** Makes a user. */
    @Command(
            name = "add",
            customSynopsis = "larchctl user add NAME[:PASSWORD]",
            description = "Makes a user; asks for the password when it is missing.")
    static final class Add extends OfOne {
        Add(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final String pair = user();
            final Auth auth = session().auth();
            final int colon = pair.indexOf(':');
            final String name = colon < 0 ? pair : pair.substring(0, colon);
            final String password =
                    colon < 0 ? session().password("New password: ") : pair.substring(colon + 1);
            auth.addUser(name, password);
            out().println("User " + name + " created");
        }
    }

    /** Shows a user. */
    @Command(
            name = "get",
            customSynopsis = "larchctl user get NAME",
            description = "Prints which roles a user has.")
    static final class Get extends OfOne {
        Get(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final String name = user();
            final Auth.User user = session().auth().user(name);
            out().println("User: " + user.name());
            out().print("Roles: ");
            user.roles().forEach(role -> out().print(" " + role));
            out().println();
        }
    }

    /** Prints the names of all users. */
    @Command(
            name = "list",
            customSynopsis = "larchctl user list",
            description = "Prints the names of all users.")
    static final class ListUsers extends ListCommand {
        ListUsers(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            noWords();
            session().auth().users().forEach(out()::println);
        }
    }

    /** Removes a user. */
    @Command(
            name = "remove",
            customSynopsis = "larchctl user remove NAME",
            description = "Removes a user.")
    static final class Remove extends OfOne {
        Remove(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final String name = user();
            session().auth().removeUser(name);
            out().println("User " + name + " removed");
        }
    }

    /** What those have in common that change the roles of a user. */
    private abstract static class OfRoles extends OfOne {
        @Option(names = "--roles", paramLabel = "ROLE", description = "Which role; once for each.")
        private List<String> roles = new ArrayList<>();

        private final Auth.Change change;

        OfRoles(final Session session, final Auth.Change change) {
            super(session);
            this.change = change;
        }

        @Override
        final void run() throws IOException, Failure {
            if (roles.isEmpty()) {
                throw new Failure(
                        Failure.BAD_ARGUMENTS, "No roles specified; please use `--roles`");
            }
            final String name = user();
            session().auth().change(change, name, roles);
            out().println("User " + name + " updated");
        }
    }

    /** Gives roles to a user. */
    @Command(
            name = "grant",
            customSynopsis = "larchctl user grant --roles ROLE NAME",
            description = "Gives roles to a user.")
    static final class Grant extends OfRoles {
        Grant(final Session session) {
            super(session, Auth.Change.GRANT);
        }
    }

    /** Takes roles from a user. */
    @Command(
            name = "revoke",
            customSynopsis = "larchctl user revoke --roles ROLE NAME",
            description = "Takes roles from a user.")
    static final class Revoke extends OfRoles {
        Revoke(final Session session) {
            super(session, Auth.Change.REVOKE);
        }
    }

    /** Gives a user another password. */
    @Command(
            name = "passwd",
            customSynopsis = "larchctl user passwd NAME",
            description = "Asks for another password of a user.")
    static final class Passwd extends OfOne {
        Passwd(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final String name = user();
            final Auth auth = session().auth();
            auth.changePassword(name, session().password("New password: "));
            out().println("Password updated");
        }
    }
}
