package io.larch.http.members;

import io.larch.engine.port.QueryViews.ChangeOutcome;

/**
 * What clients are told of a change of the membership that was not made, where the answer does not
 * depend on what was asked for. etcd 2.3.8 says 500 and no more. What a client can do something
 * about has a status below 500 here, since Go's clients drop the text of the others.
 *
 * @param message for people.
 */
public record ChangeRefusal(int status, String message) {
    /** What to say when nothing is known. */
    public static final ChangeRefusal NO_ANSWER =
            new ChangeRefusal(500, "etcdserver: request timed out; the change may yet be made");

    public static ChangeRefusal of(final ChangeOutcome outcome) {
        return switch (outcome) {
            case LAST_MEMBER ->
                    new ChangeRefusal(409, "etcdserver: the last member cannot be removed");
            case LAST_VOTER ->
                    new ChangeRefusal(
                            409,
                            "etcdserver: the only member that votes cannot be removed before"
                                    + " another one has started and caught up");
            case TOO_MANY_MEMBERS ->
                    new ChangeRefusal(409, "etcdserver: a cluster has 9 members at most");
            case NOT_ENOUGH_STARTED ->
                    new ChangeRefusal(
                            500,
                            "etcdserver: re-configuration failed due to not enough started"
                                    + " members");
            case NOT_MADE ->
                    new ChangeRefusal(
                            500, "etcdserver: request timed out; the change was not made");
            case TIMED_OUT -> NO_ANSWER;
            case TOO_MANY_REQUESTS ->
                    new ChangeRefusal(
                            503, "etcdserver: too many requests; the change was not made");
            case STOPPED -> new ChangeRefusal(500, "etcdserver: server stopped");
            default -> new ChangeRefusal(500, "Internal Server Error");
        };
    }
}
