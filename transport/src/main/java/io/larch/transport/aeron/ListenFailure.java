package io.larch.transport.aeron;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in a few words what a driver says in many. */
final class ListenFailure {
    private static final Pattern CHANNEL_ERROR = Pattern.compile("channel error - (.*?) \\(at ");

    private ListenFailure() {}

    /** The reason alone, without the place in the code and the repeated address. */
    static String reason(final Throwable failure) {
        final String message = String.valueOf(failure.getMessage());
        final Matcher matcher = CHANNEL_ERROR.matcher(message);
        if (matcher.find()) {
            return matcher.group(1);
        }
        final int lineEnd = message.indexOf('\n');
        return lineEnd < 0 ? message : message.substring(0, lineEnd);
    }
}
