package io.larch.tools.ctl;

import io.larch.tools.ctl.Members.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Members of the cluster. */
@Command(
        name = "member",
        description = "Lists, adds, changes and removes members.",
        subcommands = {
            MemberCommand.ListMembers.class,
            MemberCommand.Add.class,
            MemberCommand.Remove.class,
            MemberCommand.Update.class
        })
final class MemberCommand extends Group {
    private MemberCommand(final Session session) {}

    /** Prints a line for each member. */
    @Command(
            name = "list",
            customSynopsis = "larchctl member list",
            description = "Prints a line for each member.")
    static final class ListMembers extends ListCommand {
        ListMembers(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            noWords();
            final Members cluster = session().members();
            final List<Member> members = cluster.list();
            final String leader = leader(cluster);
            for (final Member member : members) {
                final String peers = String.join(",", member.peerUrls());
                if (member.name().isEmpty()) {
                    out().printf("%s[unstarted]: peerURLs=%s%n", member.id(), peers);
                } else {
                    out().printf(
                                    "%s: name=%s peerURLs=%s clientURLs=%s isLeader=%s%n",
                                    member.id(),
                                    member.name(),
                                    peers,
                                    String.join(",", member.clientUrls()),
                                    member.id().equals(leader));
                }
            }
        }

        private static String leader(final Members cluster) throws Failure {
            try {
                return cluster.leader().id();
            } catch (final IOException e) {
                throw new Failure(
                        Failure.BAD_ARGUMENTS, "Failed to get leader:  " + e.getMessage());
            }
        }
    }

    /** Adds a member that starts later. */
    @Command(
            name = "add",
            customSynopsis = "larchctl member add NAME PEER_URL",
            description = "Adds a member, and prints the variables that it is to be started with.")
    static final class Add extends ListCommand {
        Add(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final List<String> words = words(2, "Provide a name and a single member peerURL");
            final String name = words.get(0);
            final Members cluster = session().members();
            final String id = cluster.add(words.get(1)).id();
            out().printf("Added member named %s with ID %s to cluster%n", name, id);
            final List<String> urls = new ArrayList<>();
            for (final Member member : cluster.list()) {
                for (final String url : member.peerUrls()) {
                    urls.add((member.id().equals(id) ? name : member.name()) + "=" + url);
                }
            }
            out().println();
            out().println("ETCD_NAME=\"" + name + "\"");
            out().println("ETCD_INITIAL_CLUSTER=\"" + String.join(",", urls) + "\"");
            out().println("ETCD_INITIAL_CLUSTER_STATE=\"existing\"");
        }
    }

    /** Removes a member. */
    @Command(
            name = "remove",
            customSynopsis = "larchctl member remove ID",
            description = "Removes a member.")
    static final class Remove extends ListCommand {
        Remove(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final String id = words(1, "Provide a single member ID").get(0);
            final Members cluster = session().members();
            find(cluster, id);
            try {
                cluster.remove(id);
            } catch (final IOException e) {
                throw new Failure(
                        Failure.BAD_ARGUMENTS,
                        "Received an error trying to remove member " + id + ": " + e.getMessage());
            }
            out().println("Removed member " + id + " from cluster");
        }

        private void find(final Members cluster, final String id) throws Failure {
            boolean isFound = false;
            try {
                for (final Member member : cluster.list()) {
                    isFound |= member.id().equals(id);
                    if (member.name().equals(id)) {
                        session()
                                .err()
                                .printf(
                                        "Found a member named %s; if this is correct, please use"
                                                + " its ID, eg:%n\tlarchctl member remove %s%n",
                                        id, member.id());
                    }
                }
            } catch (final IOException e) {
                throw new Failure(
                        Failure.BAD_ARGUMENTS,
                        "Error while verifying ID against known members: " + e.getMessage());
            }
            if (!isFound) {
                throw new Failure(
                        Failure.BAD_ARGUMENTS,
                        "Couldn't find a member in the cluster with an ID of " + id + ".");
            }
        }
    }

    /** Gives a member other peer URLs. */
    @Command(
            name = "update",
            customSynopsis = "larchctl member update ID PEER_URLS",
            description = "Gives a member other peer URLs, with commas between.")
    static final class Update extends ListCommand {
        Update(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            final List<String> words =
                    words(
                            2,
                            "Provide an ID and a list of comma separated peerURL"
                                    + " (0xabcd http://example.com,http://example1.com)");
            session().members().update(words.get(0), List.of(words.get(1).split(",", -1)));
            out().println("Updated member with ID " + words.get(0) + " in cluster");
        }
    }
}
