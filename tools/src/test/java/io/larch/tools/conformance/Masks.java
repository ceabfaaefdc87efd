package io.larch.tools.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides the parts of a reply's body that no two runs share: points in time, and texts that are Go's
 * rather than etcd's.
 *
 * <p>The patterns cannot match inside a value: there each quote comes after a backslash.
 */
final class Masks {
    private static final Pattern EXPIRATION =
            Pattern.compile(
                    "\"expiration\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{0,8}[1-9])?Z\"");
    private static final Pattern TTL = Pattern.compile("\"ttl\":(-?\\d+)");

    /**
     * Sentences that Go's own HTTP, URL and MIME code writes; the code beside them is etcd's and
     * stays.
     */
    private static final Pattern GO_TEXT =
            Pattern.compile(
                    "mime: [^\"]*|invalid semicolon separator in query|parse \\\\\".*\\\\\": [^\"]*");

    private Masks() {}

    /** The body without times of expiration, numbers of seconds left, and Go texts. */
    static String mask(final String body) {
        final String timeless = EXPIRATION.matcher(body).replaceAll("\"expiration\":\"(time)\"");
        final String ageless = TTL.matcher(timeless).replaceAll("\"ttl\":(seconds)");
        return GO_TEXT.matcher(ageless).replaceAll("(Go text)");
    }

    /** The numbers of seconds left, in the order in which the body shows them. */
    static List<Long> ttls(final String body) {
        final List<Long> ttls = new ArrayList<>();
        final Matcher matcher = TTL.matcher(body);
        while (matcher.find()) {
            ttls.add(Long.parseLong(matcher.group(1)));
        }
        return ttls;
    }
}
