package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.port.QueryViews;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Prints members. */
final class MemberMessages {
    private static final int ID = 1;
    private static final int NAME = 2;
    private static final int PEER_URLS = 3;
    private static final int CLIENT_URLS = 4;
    private static final int IS_LEARNER = 5;

    private MemberMessages() {}

    /** Writes members as fields of a message; returns the end. */
    static int put(
            final MutableDirectBuffer target,
            final int offset,
            final int field,
            final List<QueryViews.Member> members) {
        int at = offset;
        final ExpandableArrayBuffer one = new ExpandableArrayBuffer();
        for (final QueryViews.Member member : members) {
            int end = ProtoWriter.number(one, 0, ID, member.id());
            if (!member.name().isEmpty()) {
                end = text(one, end, NAME, member.name());
            }
            for (final String url : member.peerUrls()) {
                end = text(one, end, PEER_URLS, url);
            }
            for (final String url : member.clientUrls()) {
                end = text(one, end, CLIENT_URLS, url);
            }
            if (member.isLearner()) {
                end = ProtoWriter.number(one, end, IS_LEARNER, 1);
            }
            at = ProtoWriter.element(target, at, field, one, 0, end);
        }
        return at;
    }

    private static int text(
            final MutableDirectBuffer target, final int at, final int field, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ProtoWriter.element(target, at, field, new UnsafeBuffer(bytes), 0, bytes.length);
    }
}
