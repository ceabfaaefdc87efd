package io.larch.tools.v3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.kv.DeleteResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.maintenance.HashKVResponse;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.GetOption.SortOrder;
import io.etcd.jetcd.options.GetOption.SortTarget;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.larch.tools.system.EachProduct;
import io.larch.tools.system.Product;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/** jetcd, the Java client that most use: all that it can ask, but for users and roles. */
@Tag("slow")
@Tag("fused-only")
@SuppressWarnings("try")
class JetcdTest {
    private static final long LIMIT_SECONDS = 20;

    @RegisterExtension final Servers servers = Servers.inMemory();
    private Client client;
    private String endpoint;

    private void connect(final Product product) throws IOException {
        final ServerProcess server = product.start(servers);
        endpoint = server.url().toString();
        client = Client.builder().endpoints(endpoint).build();
    }

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldPutGetAndDelete(final Product product) throws Exception {
        connect(product);
        final KV kv = client.getKVClient();

        final PutResponse created = done(kv.put(bytes("a/1"), bytes("one")));
        assertEquals(2, created.getHeader().getRevision());
        assertFalse(created.hasPrevKv());
        assertTrue(created.getHeader().getClusterId() != 0);
        assertTrue(created.getHeader().getMemberId() != 0);
        final PutResponse changed =
                done(
                        kv.put(
                                bytes("a/1"),
                                bytes("uno"),
                                PutOption.builder().withPrevKV().withAutoRetry().build()));
        assertEquals("one", text(changed.getPrevKv().getValue()));
        done(kv.put(bytes("a/2"), bytes("")));
        done(kv.put(bytes("b"), bytes("\0\u00e9\u4f60")));

        final KeyValue one = done(kv.get(bytes("a/1"))).getKvs().get(0);
        assertEquals("uno", text(one.getValue()));
        assertEquals(2, one.getCreateRevision());
        assertEquals(3, one.getModRevision());
        assertEquals(2, one.getVersion());
        assertEquals(0, one.getLease());
        assertEquals("\0\u00e9\u4f60", text(done(kv.get(bytes("b"))).getKvs().get(0).getValue()));
        assertEquals(0, done(kv.get(bytes("none"))).getCount());

        final DeleteResponse deleted =
                done(
                        kv.delete(
                                bytes("a/"),
                                DeleteOption.builder().isPrefix(true).withPrevKV(true).build()));
        assertEquals(2, deleted.getDeleted());
        assertEquals(List.of("a/1", "a/2"), keys(deleted.getPrevKvs()));
        assertEquals(0, done(kv.delete(bytes("a/1"))).getDeleted());
        assertEquals(
                1,
                done(kv.delete(bytes("a"), DeleteOption.builder().withRange(bytes("c")).build()))
                        .getDeleted());
        assertEquals(7, done(kv.get(bytes("b"))).getHeader().getRevision());
    }

    @ParameterizedTest
    @EachProduct
    void shouldGetRangesWithEveryOption(final Product product) throws Exception {
        connect(product);
        for (final String key : List.of("r/b", "r/a", "r/d", "r/c", "s")) {
            put(key, "of " + key);
        }
        put("r/a", "again");

        assertEquals(List.of("r/a", "r/b", "r/c", "r/d"), keys(get("r/", prefix())));
        final GetResponse limited = get("r/", prefix().withLimit(3));
        assertEquals(List.of("r/a", "r/b", "r/c"), keys(limited));
        assertTrue(limited.isMore());
        assertEquals(4, limited.getCount());
        assertEquals(
                List.of("r/a", "r/c", "r/d", "r/b"),
                keys(sorted(SortTarget.MOD, SortOrder.DESCEND)));
        assertEquals(
                List.of("r/b", "r/a", "r/d", "r/c"),
                keys(sorted(SortTarget.CREATE, SortOrder.ASCEND)));
        assertEquals(
                List.of("r/d", "r/c", "r/b", "r/a"),
                keys(sorted(SortTarget.KEY, SortOrder.DESCEND)));
        assertEquals("r/a", keys(sorted(SortTarget.VERSION, SortOrder.DESCEND)).get(0));
        assertEquals("r/a", keys(sorted(SortTarget.VALUE, SortOrder.ASCEND)).get(0));
        assertEquals(
                "of r/a", text(get("r/", prefix().withRevision(6)).getKvs().get(0).getValue()));
        assertEquals(List.of("r/b"), keys(get("r/", prefix().withRevision(2))));
        assertEquals("", text(get("r/", prefix().withKeysOnly(true)).getKvs().get(0).getValue()));
        final GetResponse counted = get("r/", prefix().withCountOnly(true));
        assertEquals(4, counted.getCount());
        assertEquals(List.of(), keys(counted));
        assertEquals(List.of("r/b", "r/c"), keys(get("r/b", range("r/d"))));
        assertEquals(List.of("s"), keys(get("s", range("\0"))));
        assertEquals(5, get("\0", range("\0").withSerializable(true)).getCount());
        assertEquals(List.of("r/a"), keys(get("r/", prefix().withMinModRevision(6))));
        assertEquals(List.of("r/b"), keys(get("r/", prefix().withMaxModRevision(2))));
        assertEquals(List.of("r/c", "r/d"), keys(get("r/", prefix().withMinCreateRevision(4))));
        assertEquals(List.of("r/a", "r/b"), keys(get("r/", prefix().withMaxCreateRevision(3))));
    }

    private GetResponse sorted(final SortTarget target, final SortOrder order) throws Exception {
        return get("r/", prefix().withSortField(target).withSortOrder(order));
    }

    @ParameterizedTest
    @EachProduct
    void shouldCompareAndActInOneStep(final Product product) throws Exception {
        connect(product);
        final KV kv = client.getKVClient();
        put("t", "1");

        final TxnResponse taken =
                done(
                        kv.txn()
                                .If(
                                        new Cmp(
                                                bytes("t"),
                                                Cmp.Op.EQUAL,
                                                CmpTarget.value(bytes("1"))),
                                        new Cmp(bytes("t"), Cmp.Op.GREATER, CmpTarget.version(0)),
                                        new Cmp(bytes("t"), Cmp.Op.EQUAL, CmpTarget.modRevision(2)),
                                        new Cmp(
                                                bytes("u"),
                                                Cmp.Op.EQUAL,
                                                CmpTarget.createRevision(0)))
                                .Then(
                                        Op.get(bytes("t"), GetOption.DEFAULT),
                                        Op.put(
                                                bytes("t"),
                                                bytes("2"),
                                                PutOption.builder().withPrevKV().build()),
                                        Op.get(bytes("t"), GetOption.DEFAULT),
                                        Op.delete(bytes("v"), DeleteOption.DEFAULT),
                                        // Compares see what was before all of it.
                                        Op.txn(
                                                new Cmp[] {
                                                    new Cmp(
                                                            bytes("t"),
                                                            Cmp.Op.EQUAL,
                                                            CmpTarget.value(bytes("1")))
                                                },
                                                new Op[] {
                                                    Op.put(
                                                            bytes("u"),
                                                            bytes("1"),
                                                            PutOption.DEFAULT)
                                                },
                                                new Op[] {}))
                                .Else(Op.put(bytes("t"), bytes("lost"), PutOption.DEFAULT))
                                .commit());

        assertTrue(taken.isSucceeded());
        assertEquals(3, taken.getHeader().getRevision());
        assertEquals("1", text(taken.getGetResponses().get(0).getKvs().get(0).getValue()));
        assertEquals("1", text(taken.getPutResponses().get(0).getPrevKv().getValue()));
        assertEquals("2", text(taken.getGetResponses().get(1).getKvs().get(0).getValue()));
        assertEquals(0, taken.getDeleteResponses().get(0).getDeleted());
        assertTrue(taken.getTxnResponses().get(0).isSucceeded());
        assertEquals(3, get("u", GetOption.builder()).getKvs().get(0).getModRevision());

        final TxnResponse other =
                done(
                        kv.txn()
                                .If(new Cmp(bytes("t"), Cmp.Op.LESS, CmpTarget.version(2)))
                                .Then(Op.put(bytes("t"), bytes("lost"), PutOption.DEFAULT))
                                .Else(Op.get(bytes("t"), GetOption.DEFAULT))
                                .commit());
        assertFalse(other.isSucceeded());
        assertEquals(2, other.getGetResponses().get(0).getKvs().get(0).getVersion());
        assertEquals(3, other.getHeader().getRevision());
        assertFails(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: duplicate key given in txn request",
                kv.txn()
                        .Then(
                                Op.put(bytes("t"), bytes("3"), PutOption.DEFAULT),
                                Op.put(bytes("t"), bytes("4"), PutOption.DEFAULT))
                        .commit());
    }

    @ParameterizedTest
    @EachProduct
    void shouldCompactAndTellWhyAnOldRevisionIsNotToBeHad(final Product product) throws Exception {
        connect(product);
        final KV kv = client.getKVClient();
        for (int i = 1; i <= 4; i++) {
            put("c", "" + i);
        }

        done(kv.compact(4, CompactOption.builder().withCompactPhysical(true).build()));

        assertEquals(
                "3",
                text(get("c", GetOption.builder().withRevision(4)).getKvs().get(0).getValue()));
        final String compacted = "etcdserver: mvcc: required revision has been compacted";
        assertFails(
                Status.Code.OUT_OF_RANGE,
                compacted,
                kv.get(bytes("c"), GetOption.builder().withRevision(3).build()));
        assertFails(Status.Code.OUT_OF_RANGE, compacted, kv.compact(4));
        final String future = "etcdserver: mvcc: required revision is a future revision";
        assertFails(
                Status.Code.OUT_OF_RANGE,
                future,
                kv.get(bytes("c"), GetOption.builder().withRevision(6).build()));
        assertFails(Status.Code.OUT_OF_RANGE, future, kv.compact(6));
        final Told told = new Told();
        try (Watch.Watcher watcher =
                client.getWatchClient()
                        .watch(bytes("c"), WatchOption.builder().withRevision(2).build(), told)) {
            final Throwable end = told.errors.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertTrue(String.valueOf(end).contains("compacted"), () -> "" + end);
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldWatchFromAnyRevisionWithEveryOption(final Product product) throws Exception {
        connect(product);
        final Watch watch = client.getWatchClient();
        put("w/a", "1");
        put("w/a", "2");
        put("other", "0");
        final Told past = new Told();
        final Told puts = new Told();
        final Told deletes = new Told();
        final Told one = new Told();
        try (Watch.Watcher p =
                        watch.watch(
                                bytes("w/"),
                                WatchOption.builder()
                                        .isPrefix(true)
                                        .withRevision(2)
                                        .withPrevKV(true)
                                        .withRequireLeader(true)
                                        .build(),
                                past);
                Watch.Watcher d =
                        watch.watch(
                                bytes("w/"),
                                WatchOption.builder()
                                        .withRange(bytes("w0"))
                                        .withNoPut(true)
                                        .withRevision(2)
                                        .build(),
                                deletes);
                Watch.Watcher n =
                        watch.watch(
                                bytes("w/"),
                                WatchOption.builder()
                                        .isPrefix(true)
                                        .withNoDelete(true)
                                        .withCreateNotify(true)
                                        .build(),
                                puts);
                Watch.Watcher o =
                        watch.watch(
                                bytes("w/b"),
                                WatchOption.builder().withCreateNotify(true).build(),
                                one)) {
            // Those without a revision begin with what happens after they are told to be there.
            assertTrue(puts.next().isCreatedNotify());
            assertTrue(one.next().isCreatedNotify());
            put("w/b", "3");
            done(client.getKVClient().delete(bytes("w/a")));
            put("w/c", "4");

            assertEquals(
                    List.of(
                            "PUT w/a 1 <",
                            "PUT w/a 2 <1",
                            "PUT w/b 3 <",
                            "DELETE w/a  <2",
                            "PUT w/c 4 <"),
                    past.events(5));
            assertEquals(List.of("DELETE w/a  <"), deletes.events(1));
            assertEquals(List.of("PUT w/b 3 <", "PUT w/c 4 <"), puts.events(2));
            assertEquals(List.of("PUT w/b 3 <"), one.events(1));
        }
        put("w/d", "5");
        assertNull(past.responses.poll());
    }

    @ParameterizedTest
    @EachProduct
    void shouldTellTheProgressOfAWatchThatAsksForIt(final Product product) throws Exception {
        connect(product);
        final Told told = new Told();
        try (Watch.Watcher watcher =
                client.getWatchClient()
                        .watch(
                                bytes("p"),
                                WatchOption.builder()
                                        .withCreateNotify(true)
                                        .withProgressNotify(true)
                                        .build(),
                                told)) {
            assertTrue(told.next().isCreatedNotify());
            put("elsewhere", "1");
            client.getWatchClient().requestProgress();
            final WatchResponse progress = told.next();
            assertTrue(progress.isProgressNotify());
            assertEquals(2, progress.getHeader().getRevision());
        }
    }

    @ParameterizedTest
    @EachProduct
    void shouldGrantKeepRevokeAndEndLeases(final Product product) throws Exception {
        connect(product);
        final Lease leases = client.getLeaseClient();
        final long id = done(leases.grant(1000)).getID();
        assertTrue(id > 0);
        final PutOption with = PutOption.builder().withLeaseId(id).build();
        done(client.getKVClient().put(bytes("l/1"), bytes("x"), with));
        done(client.getKVClient().put(bytes("l/2"), bytes("x"), with));

        assertEquals(1000, done(leases.keepAliveOnce(id)).getTTL());
        final LeaseTimeToLiveResponse left =
                done(leases.timeToLive(id, LeaseOption.builder().withAttachedKeys().build()));
        assertEquals(1000, left.getGrantedTTL());
        assertTrue(left.getTTL() > 900 && left.getTTL() <= 1000);
        assertEquals(
                List.of("l/1", "l/2"),
                left.getKeys().stream().map(JetcdTest::text).sorted().toList());
        assertEquals(id, get("l/1", GetOption.builder()).getKvs().get(0).getLease());

        done(leases.revoke(id));
        final GetResponse none = get("l/", prefix());
        assertEquals(0, none.getCount());
        assertEquals(4, none.getHeader().getRevision());
        assertEquals(-1, done(leases.timeToLive(id, LeaseOption.DEFAULT)).getTTL());
        assertFails(
                Status.Code.NOT_FOUND, "etcdserver: requested lease not found", leases.revoke(id));
        assertFails(
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found",
                client.getKVClient().put(bytes("l/3"), bytes("x"), with));
        assertThrows(ExecutionException.class, () -> done(leases.keepAliveOnce(id)));

        final long brief = done(leases.grant(1)).getID();
        final PutOption withBrief = PutOption.builder().withLeaseId(brief).build();
        done(client.getKVClient().put(bytes("l/4"), bytes("x"), withBrief));
        final BlockingQueue<Long> kept = new LinkedBlockingQueue<>();
        try (CloseableClient keeping = leases.keepAlive(brief, into(kept))) {
            for (int i = 0; i < 3; i++) {
                assertEquals(2, kept.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
            }
            assertEquals(1, get("l/4", GetOption.builder()).getCount());
        }
        final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (get("l/4", GetOption.builder()).getCount() > 0) {
            assertTrue(System.nanoTime() < endNs, "the lease does not end");
            Thread.sleep(50);
        }
    }

    private static StreamObserver<LeaseKeepAliveResponse> into(final BlockingQueue<Long> kept) {
        return new StreamObserver<>() {
            @Override
            public void onNext(final LeaseKeepAliveResponse response) {
                kept.add(response.getTTL());
            }

            @Override
            public void onError(final Throwable error) {
                kept.add(-1L);
            }

            @Override
            public void onCompleted() {
                // Nothing to tell.
            }
        };
    }

    @ParameterizedTest
    @EachProduct
    void shouldTellOfMembersAndOfTheState(final Product product) throws Exception {
        connect(product);
        put("m", "1");
        final List<Member> members = done(client.getClusterClient().listMember()).getMembers();
        assertEquals(1, members.size());
        final Member member = members.get(0);
        assertEquals("default", member.getName());
        assertEquals(endpoint, member.getClientURIs().get(0).toString());
        assertFalse(member.isLearner());

        final StatusResponse status = done(client.getMaintenanceClient().statusMember(endpoint));
        assertTrue(status.getVersion().matches("3\\.\\d+\\.\\d+"), status.getVersion());
        assertEquals(member.getId(), status.getLeader());
        assertEquals(member.getId(), status.getHeader().getMemberId());
        assertEquals(2, status.getHeader().getRevision());
        assertTrue(status.getRaftIndex() > 0 && status.getRaftTerm() > 0);
        assertTrue(status.getDbSize() > 0);
        assertEquals(List.of(), done(client.getMaintenanceClient().listAlarms()).getAlarms());
        final HashKVResponse hash = done(client.getMaintenanceClient().hashKV(endpoint, 0));
        assertEquals(
                hash.getHash(), done(client.getMaintenanceClient().hashKV(endpoint, 2)).getHash());
        put("m", "2");
        assertEquals(
                hash.getHash(), done(client.getMaintenanceClient().hashKV(endpoint, 2)).getHash());
        assertTrue(
                hash.getHash()
                        != done(client.getMaintenanceClient().hashKV(endpoint, 0)).getHash());
        done(client.getMaintenanceClient().defragmentMember(endpoint));
        assertEquals("2", text(get("m", GetOption.builder()).getKvs().get(0).getValue()));
    }

    /** What Larch does not have, it says so at once. */
    @Test
    void shouldSayThatLocksElectionsAndSnapshotsAreNotThere() throws Exception {
        connect(Product.LARCH);
        final long lease = done(client.getLeaseClient().grant(100)).getID();

        assertUnimplemented(client.getLockClient().lock(bytes("lock"), lease));
        // jetcd keeps the codes of these to itself.
        failure(client.getAuthClient().userAdd(bytes("u"), bytes("p")));
        failure(client.getElectionClient().campaign(bytes("e"), lease, bytes("me")));
        failure(client.getMaintenanceClient().snapshot(OutputStream.nullOutputStream()));
    }

    private static void assertUnimplemented(final CompletableFuture<?> call) {
        assertEquals(Status.Code.UNIMPLEMENTED, failure(call).getCode());
    }

    private static void assertFails(
            final Status.Code code, final String message, final CompletableFuture<?> call) {
        final Status failure = failure(call);
        assertEquals(code, failure.getCode());
        assertEquals(message, failure.getDescription());
    }

    private static Status failure(final CompletableFuture<?> call) {
        return Status.fromThrowable(assertThrows(ExecutionException.class, () -> done(call)));
    }

    private GetResponse get(final String key, final GetOption.Builder option) throws Exception {
        return done(client.getKVClient().get(bytes(key), option.build()));
    }

    private void put(final String key, final String value) throws Exception {
        done(client.getKVClient().put(bytes(key), bytes(value)));
    }

    private static GetOption.Builder prefix() {
        return GetOption.builder().isPrefix(true);
    }

    private static GetOption.Builder range(final String end) {
        return GetOption.builder().withRange(bytes(end));
    }

    private static List<String> keys(final GetResponse response) {
        return keys(response.getKvs());
    }

    private static List<String> keys(final List<KeyValue> kvs) {
        return kvs.stream().map(kv -> text(kv.getKey())).toList();
    }

    private static ByteSequence bytes(final String text) {
        return ByteSequence.from(text, UTF_8);
    }

    private static String text(final ByteSequence bytes) {
        return bytes.toString(UTF_8);
    }

    private static <T> T done(final CompletableFuture<T> call)
            throws ExecutionException, InterruptedException, TimeoutException {
        return call.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** What a watch told, in order. */
    private static final class Told implements Watch.Listener {
        final BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
        final BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();

        @Override
        public void onNext(final WatchResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(final Throwable error) {
            errors.add(error);
        }

        @Override
        public void onCompleted() {
            // The test ends it.
        }

        WatchResponse next() throws InterruptedException {
            final WatchResponse response = responses.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertTrue(response != null, () -> "nothing told but " + errors);
            return response;
        }

        /** So many events as texts, with the value before behind a {@code <}. */
        List<String> events(final int count) throws InterruptedException {
            final List<String> events = new ArrayList<>();
            while (events.size() < count) {
                for (final WatchEvent event : next().getEvents()) {
                    events.add(
                            event.getEventType()
                                    + " "
                                    + text(event.getKeyValue().getKey())
                                    + " "
                                    + text(event.getKeyValue().getValue())
                                    + " <"
                                    + text(event.getPrevKV().getValue()));
                }
            }
            return events;
        }
    }
}
