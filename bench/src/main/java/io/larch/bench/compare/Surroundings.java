package io.larch.bench.compare;

import java.util.Collection;
import java.util.List;

/**
 * What a report needs to be judged and made again.
 *
 * @param date of the day, and the sources: the name of the report's directory without more.
 * @param machine a line for each property.
 * @param versions of both servers.
 * @param arguments of the comparison.
 * @param servers commands that started them.
 */
record Surroundings(
        String date,
        String commit,
        String machine,
        List<String> versions,
        List<String> arguments,
        Mode mode,
        Collection<String> servers) {
    static final String METHOD =
            """
            Both servers run beside each other with fresh data on the same disk; only one is under load at a time, in
            turns, and each round begins with the other one. Figures are medians of the rounds; ratios are Larch's by
            etcd's, so that below 1 is better but for rates, and the median of those of each round: the machine's
            speed changes, but for both. CPU is the processes' own (/proc/PID/stat), bytes written
            are what they handed to the disk (write_bytes of /proc/PID/io: whole pages, without the file system's
            journal), of a cluster those of all members. What fails does not count for a rate. Latencies of an open
            loop count from when a request was due. Of a fan-out, rate and CPU are those of events, and p50 and p99
            until the last stream has heard. Of the contended key, rate and bytes are those of swaps.
            "Too noisy to judge" is what was measured while others used more than 8 % of the machine, or the host
            kept back more than 5 %, in most rounds; or whose rounds contradict their median and are far apart.
            """;

    /** What makes the report again. */
    String command() {
        return ("tools/bin/bench-compare " + String.join(" ", arguments)).trim();
    }

    String title() {
        return "Larch beside etcd, " + date + ", commit " + commit;
    }
}
