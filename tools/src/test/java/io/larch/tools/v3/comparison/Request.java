package io.larch.tools.v3.comparison;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request to the JSON gateway, as it can be sent to any server at any time of its life.
 *
 * <p>Revisions in its body are told relative to what the reference server said last: {@code
 * "{now-3}"} is three before its newest revision, {@code "{compacted+1}"} one after that of its
 * last compaction. So a sequence stays as sensible as it was when some of it is left out.
 *
 * @param path what follows {@code /v3/}.
 * @param body a JSON object.
 */
record Request(String path, String body) {
    static final String COMPACTION = "kv/compaction";
    static final String WATCH = "watch";

    private static final Pattern REVISION = Pattern.compile("\\{(now|compacted)([+-]\\d+)}");

    /** The same with revisions as numbers. */
    Request at(final long revision, final long compactedRevision) {
        final Matcher matcher = REVISION.matcher(body);
        return new Request(
                path,
                matcher.replaceAll(
                        found ->
                                number(
                                        found.group(1).equals("now") ? revision : compactedRevision,
                                        found.group(2))));
    }

    /** There are none below zero: etcd 3.4 takes watches from such, and later versions do not. */
    private static String number(final long revision, final String distance) {
        return Long.toString(Math.max(0, revision + Long.parseLong(distance)));
    }

    /**
     * A watch from the revision of the last compaction on becomes one from the next revision on: of
     * a delete in that very revision etcd tells until it has swept it away, at a time of its own.
     */
    Request after(final long compactedRevision) {
        return isWatch()
                ? new Request(
                        path,
                        body.replace(
                                "\"start_revision\":\"" + compactedRevision + "\"",
                                "\"start_revision\":\"" + (compactedRevision + 1) + "\""))
                : this;
    }

    boolean isCompaction() {
        return path.equals(COMPACTION);
    }

    boolean isWatch() {
        return path.equals(WATCH);
    }

    @Override
    public String toString() {
        return path + " " + body;
    }
}
