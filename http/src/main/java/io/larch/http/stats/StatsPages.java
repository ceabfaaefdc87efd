package io.larch.http.stats;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.go.GoText;
import io.larch.http.route.Exchange;
import io.larch.http.route.Page;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.text.UtcTime;
import io.larch.http.wire.Headers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The pages below /v2/stats. */
public final class StatsPages {
    private static final String GO_ZERO_TIME = "0001-01-01T00:00:00Z";

    public List<Page> pages() {
        return List.of(
                Page.at("/v2/stats/self", this::self),
                Page.at("/v2/stats/leader", this::leader),
                Page.at("/v2/stats/store", this::store));
    }

    private void self(final Exchange exchange) {
        if (exchange.isGet()) {
            exchange.ask(
                    Query.Kind.SELF,
                    (QueryViews.Self self) -> self(exchange, self),
                    () -> unavailable(exchange));
        }
    }

    private static void self(final Exchange exchange, final QueryViews.Self self) {
        final JsonWriter json = exchange.body();
        final ByteWriter out = json.out();
        out.put("{\"name\":");
        json.string(self.name());
        out.put(",\"id\":\"").putHex(self.id()).put("\",\"state\":\"");
        out.put(self.isLeader() ? "StateLeader" : "StateFollower").put("\",\"startTime\":\"");
        UtcTime.putRfc3339(out, self.startTimeNanos());
        out.put("\",\"leaderInfo\":{\"leader\":\"");
        if (self.leaderId() != 0) {
            out.putHex(self.leaderId());
        }
        out.put("\",\"uptime\":\"");
        if (self.leaderId() == 0) {
            out.put("0s\",\"startTime\":\"").put(GO_ZERO_TIME);
        } else {
            final long uptimeNanos = self.nowNanos() - self.leaderStartTimeNanos();
            out.put(GoText.duration(uptimeNanos)).put("\",\"startTime\":\"");
            UtcTime.putRfc3339(out, self.leaderStartTimeNanos());
        }
        out.put("\"},\"recvAppendRequestCnt\":").putUnsigned(self.recvAppendCount());
        rate(out, "recvPkgRate", self.recvPkgRate());
        rate(out, "recvBandwidthRate", self.recvBandwidthRate());
        out.put(",\"sendAppendRequestCnt\":").putUnsigned(self.sendAppendCount());
        rate(out, "sendPkgRate", self.sendPkgRate());
        rate(out, "sendBandwidthRate", self.sendBandwidthRate());
        out.put('}');
        exchange.reply(200, Headers.JSON, false);
    }

    private static void rate(final ByteWriter out, final String name, final double perSecond) {
        if (perSecond != 0 && Double.isFinite(perSecond)) {
            out.put(",\"").put(name).put("\":").put(GoText.number(perSecond));
        }
    }

    private void leader(final Exchange exchange) {
        if (exchange.isGet()) {
            exchange.ask(
                    Query.Kind.LEADER,
                    (QueryViews.Leader leader) -> askForContacts(exchange, leader),
                    () -> unavailable(exchange));
        }
    }

    private static void askForContacts(final Exchange exchange, final QueryViews.Leader leader) {
        exchange.ask(
                Query.Kind.CONTACTS,
                (QueryViews.Contacts contacts) -> leader(exchange, leader, contacts),
                () -> unavailable(exchange));
    }

    private static void leader(
            final Exchange exchange,
            final QueryViews.Leader leader,
            final QueryViews.Contacts contacts) {
        final JsonWriter json = exchange.body();
        final ByteWriter out = json.out();
        if (leader == null) {
            out.put("{\"message\":\"not current leader\"}");
            exchange.reply(403, Headers.JSON, false);
            return;
        }
        out.put("{\"leader\":\"").putHex(leader.leaderId()).put("\",\"followers\":{");
        final Map<String, QueryViews.Follower> sorted = new TreeMap<>();
        leader.followers().forEach((id, follower) -> sorted.put(Long.toHexString(id), follower));
        String separator = "\"";
        for (final Map.Entry<String, QueryViews.Follower> entry : sorted.entrySet()) {
            out.put(separator).put(entry.getKey()).put("\":");
            follower(out, entry.getValue());
            separator = ",\"";
        }
        out.put('}');
        ContactsText.putSilent(json, "silent", contacts);
        out.put('}');
        exchange.reply(200, Headers.JSON, false);
    }

    private static void follower(final ByteWriter out, final QueryViews.Follower follower) {
        out.put("{\"latency\":{\"current\":").put(GoText.number(follower.current()));
        out.put(",\"average\":").put(GoText.number(follower.average()));
        out.put(",\"standardDeviation\":").put(GoText.number(follower.standardDeviation()));
        out.put(",\"minimum\":").put(GoText.number(follower.minimum()));
        out.put(",\"maximum\":").put(GoText.number(follower.maximum()));
        out.put("},\"counts\":{\"fail\":").putUnsigned(follower.fail());
        out.put(",\"success\":").putUnsigned(follower.success()).put("}}");
    }

    private void store(final Exchange exchange) {
        if (exchange.isGet()) {
            exchange.ask(
                    Query.Kind.STORE,
                    (QueryViews.StoreCounts counts) -> store(exchange, counts),
                    () -> unavailable(exchange));
        }
    }

    private static void store(final Exchange exchange, final QueryViews.StoreCounts counts) {
        final ByteWriter out = exchange.body().out();
        out.put("{\"getsSuccess\":").putUnsigned(counts.getsSuccess());
        count(out, "getsFail", counts.getsFail());
        count(out, "setsSuccess", counts.setsSuccess());
        count(out, "setsFail", counts.setsFail());
        count(out, "deleteSuccess", counts.deleteSuccess());
        count(out, "deleteFail", counts.deleteFail());
        count(out, "updateSuccess", counts.updateSuccess());
        count(out, "updateFail", counts.updateFail());
        count(out, "createSuccess", counts.createSuccess());
        count(out, "createFail", counts.createFail());
        count(out, "compareAndSwapSuccess", counts.compareAndSwapSuccess());
        count(out, "compareAndSwapFail", counts.compareAndSwapFail());
        count(out, "compareAndDeleteSuccess", counts.compareAndDeleteSuccess());
        count(out, "compareAndDeleteFail", counts.compareAndDeleteFail());
        count(out, "expireCount", counts.expireCount());
        count(out, "watchers", counts.watchers());
        out.put('}');
        exchange.reply(200, Headers.JSON, false);
    }

    private static void count(final ByteWriter out, final String name, final long value) {
        out.put(",\"").put(name).put("\":").putUnsigned(value);
    }

    private static void unavailable(final Exchange exchange) {
        exchange.message(500, "Internal Server Error", false);
    }
}
