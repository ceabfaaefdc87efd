package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.go.GoException;
import io.larch.http.members.PeerUrlRules;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.StatusCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * A call about the membership. An added member is a learner until it has caught up, and becomes a
 * voter by itself: it is none that clients see. Where a client asks for a learner, the member stays
 * one until it is promoted, and is shown as one.
 *
 * <p>While there are users of v2, whose root alone may change the membership, it is not changed
 * here.
 *
 * <p>One call's.
 */
final class ClusterCall extends UnaryHandler {
    private static final Refusal BAD_URLS =
            new Refusal(StatusCode.INVALID_ARGUMENT, "etcdserver: given member URLs are invalid");

    private static final int IS_LEARNER = 2;

    /** What is asked. */
    enum Kind {
        ADD,
        REMOVE,
        UPDATE,
        PROMOTE,
        LIST
    }

    private final Kind kind;
    private final boolean hasPeerTls;

    /**
     * @param hasPeerTls whether members at https URLs could be reached.
     */
    ClusterCall(
            final ServiceLoop loop, final RpcCall call, final Kind kind, final boolean hasPeerTls) {
        super(loop, call);
        this.kind = kind;
        this.hasPeerTls = hasPeerTls;
    }

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        final ProtoReader reader = new ProtoReader().wrap(buffer, offset, length);
        final int urlField = kind == Kind.UPDATE ? 2 : 1;
        final List<String> urls = new ArrayList<>();
        long number = 0;
        boolean isLearner = false;
        while (reader.next()) {
            if (reader.field() == urlField && reader.is(ProtoReader.BYTES)) {
                urls.add(text(reader));
            } else if (reader.field() == 1) {
                number = reader.number();
            } else if (kind == Kind.ADD && reader.field() == IS_LEARNER) {
                isLearner = reader.flag();
            }
        }
        if (reader.isBroken()) {
            Refusal.MALFORMED.end(call);
            return;
        }
        if (kind != Kind.LIST && loop.engine().isGuarded()) {
            Refusal.PERMISSION_DENIED.end(call);
            return;
        }
        awaitEngine();
        switch (kind) {
            case ADD ->
                    change(
                            isLearner
                                    ? Query.MemberChange.Op.ADD_LEARNER
                                    : Query.MemberChange.Op.ADD,
                            0,
                            urls);
            case REMOVE -> change(Query.MemberChange.Op.REMOVE, number, List.of());
            case UPDATE -> change(Query.MemberChange.Op.UPDATE, number, urls);
            case PROMOTE -> change(Query.MemberChange.Op.PROMOTE, number, List.of());
            case LIST -> list(number != 0);
        }
    }

    private static String text(final ProtoReader field) {
        final byte[] bytes = new byte[field.length()];
        field.buffer().getBytes(field.offset(), bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private <R> void ask(final Query.Kind query, final Consumer<R> then) {
        ask(query, null, then);
    }

    private <R> void ask(
            final Query.Kind query, final Query.MemberChange change, final Consumer<R> then) {
        final Consumer<R> ifWanted =
                answer -> {
                    if (!isOver) {
                        then.accept(answer);
                    }
                };
        if (!Queries.ask(loop.engine(), call.outlet(), query, change, ifWanted) && !isOver) {
            Refusal.TOO_MANY_REQUESTS.end(call);
        }
    }

    // --- changes ---

    private void change(
            final Query.MemberChange.Op op, final long memberId, final List<String> urls) {
        final List<String> checked;
        try {
            checked =
                    op == Query.MemberChange.Op.REMOVE || op == Query.MemberChange.Op.PROMOTE
                            ? List.of()
                            : PeerUrlRules.check(urls, hasPeerTls);
        } catch (final GoException e) {
            BAD_URLS.end(call);
            return;
        }
        ask(
                Query.Kind.CHANGE_MEMBERS,
                new Query.MemberChange(op, memberId, checked),
                (QueryViews.MemberChanged changed) -> changed(changed));
    }

    private void changed(final QueryViews.MemberChanged changed) {
        if (changed.outcome() == QueryViews.ChangeOutcome.DONE) {
            ask(
                    Query.Kind.CLUSTER,
                    (QueryViews.Cluster cluster) ->
                            replyMembers(cluster.members(), changed.member()));
        } else {
            refusal(changed.outcome()).end(call);
        }
    }

    private static Refusal refusal(final QueryViews.ChangeOutcome outcome) {
        return switch (outcome) {
            case ID_EXISTS -> failed("etcdserver: member ID already exist");
            case PEER_URL_EXISTS -> failed("etcdserver: Peer URLs already exists");
            case ID_NOT_FOUND, ID_REMOVED ->
                    new Refusal(StatusCode.NOT_FOUND, "etcdserver: member not found");
            case NOT_ENOUGH_STARTED, LAST_MEMBER, LAST_VOTER ->
                    new Refusal(
                            StatusCode.UNKNOWN,
                            "etcdserver: re-configuration failed due to not enough started"
                                    + " members");
            case NOT_A_LEARNER -> failed("etcdserver: can only promote a learner member");
            case LEARNER_NOT_READY ->
                    failed(
                            "etcdserver: can only promote a learner member which is in sync with"
                                    + " leader");
            case TOO_MANY_LEARNERS -> failed("etcdserver: too many learner members in cluster");
            case NOT_UNDERSTOOD ->
                    failed(
                            "etcdserver: not all members of the cluster understand this request"
                                    + " yet");
            case TOO_MANY_MEMBERS -> failed("etcdserver: too many members in cluster");
            case TOO_MANY_REQUESTS -> Refusal.TOO_MANY_REQUESTS;
            case STOPPED -> Refusal.STOPPED;
            case DONE, NOT_MADE, TIMED_OUT -> Refusal.TIMED_OUT;
        };
    }

    private static Refusal failed(final String text) {
        return new Refusal(StatusCode.FAILED_PRECONDITION, text);
    }

    // --- who belongs to it ---

    private void list(final boolean isLinearizable) {
        if (isLinearizable) {
            ask(
                    Query.Kind.READY,
                    (QueryViews.Health ready) -> {
                        if (ready.healthy()) {
                            listMembers();
                        } else {
                            Refusal.TIMED_OUT.end(call);
                        }
                    });
        } else {
            listMembers();
        }
    }

    private void listMembers() {
        ask(
                Query.Kind.CLUSTER,
                (QueryViews.Cluster cluster) -> replyMembers(cluster.members(), null));
    }

    /** The header of these answers has no revision. */
    private void replyMembers(
            final List<QueryViews.Member> members, final QueryViews.Member changed) {
        ask(
                Query.Kind.RAFT,
                (QueryViews.Raft raft) -> {
                    final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
                    final boolean isAdd = kind == Kind.ADD;
                    int at = 0;
                    if (isAdd) {
                        at = MemberMessages.put(body, at, 2, List.of(changed));
                    }
                    at = MemberMessages.put(body, at, isAdd ? 3 : 2, members);
                    loop.reply(call, 0, raft.term(), body, 0, at);
                });
    }
}
