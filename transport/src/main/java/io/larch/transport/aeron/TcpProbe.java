package io.larch.transport.aeron;

import io.larch.transport.address.PeerAddress;
import io.larch.transport.peer.PeerProbe;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out by TCP what may be the matter with a peer that does not answer by UDP: its peer port
 * answers HTTP on the same number. On a thread that ends with the answer.
 */
final class TcpProbe implements PeerProbe {
    private static final int TIMEOUT_MS = 1_500;
    private static final int LONGEST_HEAD = 4096;
    private static final Pattern CLUSTER_ID =
            Pattern.compile("\r\nX-Etcd-Cluster-Id: *([0-9a-f]+)", Pattern.CASE_INSENSITIVE);

    private final List<PeerAddress> addresses;
    private final String clusterId;
    private volatile String finding;

    private TcpProbe(final List<PeerAddress> addresses, final long clusterId) {
        this.addresses = List.copyOf(addresses);
        this.clusterId = Long.toHexString(clusterId);
    }

    /**
     * Looks at addresses, one after the other.
     *
     * @param clusterId of this member.
     */
    static TcpProbe start(final List<PeerAddress> addresses, final long clusterId) {
        final TcpProbe probe = new TcpProbe(addresses, clusterId);
        final Thread thread = new Thread(probe::lookAtAll, "larch-probe");
        thread.setDaemon(true);
        thread.start();
        return probe;
    }

    @Override
    public String finding() {
        return finding;
    }

    private void lookAtAll() {
        final List<String> found = new ArrayList<>();
        for (final PeerAddress address : addresses) {
            found.add(lookAt(address));
        }
        finding = String.join("; ", found);
    }

    private String lookAt(final PeerAddress address) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(new InetSocketAddress(address.host(), address.port()), TIMEOUT_MS);
            return whoIs(address, head(socket, address));
        } catch (final ConnectException e) {
            return isRefusal(e)
                    ? "nothing listens at " + address + ": TCP is refused"
                    : "no way to " + address + ", nor by TCP: " + e.getMessage();
        } catch (final SocketTimeoutException e) {
            return "nobody at " + address + " answers, nor by TCP";
        } catch (final IOException e) {
            return "no way to " + address + ", nor by TCP: " + e.getMessage();
        }
    }

    /** The JDK knows a refusal by its text only. */
    private static boolean isRefusal(final ConnectException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("refused");
    }

    /** The head of the answer; empty when there is none in time. */
    private static String head(final Socket socket, final PeerAddress address) {
        final byte[] head = new byte[LONGEST_HEAD];
        int length = 0;
        try {
            final String request =
                    "GET /members HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            final InputStream in = socket.getInputStream();
            int count = in.read(head);
            while (count > 0) {
                length += count;
                count = length < LONGEST_HEAD ? in.read(head, length, LONGEST_HEAD - length) : 0;
            }
        } catch (final IOException e) {
            // What was read until then is the answer.
            return new String(head, 0, length, StandardCharsets.ISO_8859_1);
        }
        return new String(head, 0, length, StandardCharsets.ISO_8859_1);
    }

    private String whoIs(final PeerAddress address, final String head) {
        if (head.isEmpty()) {
            return address
                    + " takes TCP connections, but nobody speaks there: a member that hangs?";
        }
        final Matcher id = CLUSTER_ID.matcher(head);
        if (!id.find()) {
            return "what answers TCP at " + address + " is not the peer port of a member";
        }
        if (!id.group(1).equalsIgnoreCase(clusterId)) {
            return "the member at "
                    + address
                    + " is one of cluster "
                    + id.group(1)
                    + ", not of "
                    + clusterId;
        }
        return address
                + " answers by TCP, but not by UDP: let UDP through both ways, or start all"
                + " members with --peer-transport=tcp";
    }
}
