package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.auth.AuthApplication;
import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.AuthReply;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthViews;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and roles in a cluster: what each member's edges see, and when. */
class ClusterAuthTest {
    @TempDir Path directory;
    private final Map<Long, AuthViews> views = new HashMap<>();
    private TestCluster cluster;

    @AfterEach
    void close() {
        cluster.close();
    }

    private EngineContext withAuth(final EngineContext context) {
        final AuthViews own = new AuthViews();
        views.put(context.memberId(), own);
        return context.applications(List.of(AuthApplication.publishingTo(own)))
                .featureLevel(AuthApplication.FEATURE_LEVEL);
    }

    private void start(final int members, final UnaryOperator<EngineContext> tuning) {
        cluster = new TestCluster(directory, members, c -> tuning.apply(withAuth(c)));
        cluster.leader();
        cluster.run(1000);
    }

    private TestEdge.Answer put(final TestCluster.Node node, final String user) {
        node.edge.offer(
                (target, id) ->
                        AuthCommand.encodePutUser(
                                target, id, 1, user, "hash", null, List.of(), List.of()));
        return cluster.answer(node, node.edge.lastId());
    }

    private AuthReply done(final TestEdge.Answer answer) {
        assertEquals(0, answer.errorCode(), answer::cause);
        return AuthReply.decode(answer.body(), 0, answer.body().capacity());
    }

    private AuthView view(final TestCluster.Node node) {
        return views.get(node.id).newest();
    }

    @Test
    void shouldShowAChangeWhereItWasAskedForBeforeItIsAnswered() {
        start(3, UnaryOperator.identity());
        final TestCluster.Node follower = cluster.follower();
        final AuthView[] seen = new AuthView[1];
        follower.edge.onReply = () -> seen[0] = view(follower);
        assertEquals(201, done(put(follower, "u1")).status());
        assertNotNull(seen[0].user("u1"));
        cluster.settle();
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals(1, view(node).version());
            assertEquals("hash", view(node).user("u1").passwordHash());
        }
    }

    /** etcd issue 14571: there a member that came back took users for off. */
    @Test
    void shouldComeBackFromTheLogAndFromASnapshot() {
        start(1, context -> context.snapshotCount(50));
        final TestCluster.Node node = cluster.leader();
        done(put(node, "u1"));
        restart(node);
        assertEquals(1, view(node).userCount());
        cluster.fill(node, 200);
        done(put(node, "u2"));
        cluster.fill(node, 200);
        restart(node);
        assertEquals(2, view(node).userCount());
        assertEquals(2, view(node).version());
    }

    private void restart(final TestCluster.Node node) {
        node.stop();
        node.start();
        cluster.leader();
    }

    @Test
    void shouldReachAMemberBySnapshot() {
        start(3, context -> context.snapshotCount(50).trailingEntries(10));
        final TestCluster.Node away = cluster.follower();
        done(put(cluster.leader(), "u1"));
        cluster.settle();
        away.stop();
        done(put(cluster.leader(), "u2"));
        cluster.fill(cluster.leader(), 500);
        away.start();
        cluster.settle();
        assertEquals(2, view(away).userCount());
    }

    @Test
    void shouldProposeNothingThatAMemberDoesNotUnderstand() {
        cluster = new TestCluster(directory, 3, UnaryOperator.identity());
        cluster.leader();
        cluster.run(1000);
        for (int i = 1; i <= 3; i++) {
            if (i > 1) {
                final TestEdge.Answer refused = put(cluster.node(1), "u1");
                assertEquals(ErrorCode.RAFT_INTERNAL.code(), refused.errorCode());
                assertTrue(refused.cause().contains("not all members"), refused::cause);
            }
            cluster.settings = this::withAuth;
            restart(cluster.node(i));
            cluster.run(1000);
        }
        done(put(cluster.node(1), "u1"));
        cluster.settle();
        assertEquals(1, view(cluster.node(3)).userCount());
    }
}
