#!/usr/bin/env bash
# A Netty server on io_uring that does nothing makes Linux say that processors wait for a disk: one for each
# of its event loops, 100 % of the time (%wa of top, mode="iowait" of Prometheus' node_exporter, on which
# alerts are built), on a machine whose disk is idle. The same server on epoll leaves them idle. The kernel
# counts a sleep in io_uring_enter as I/O wait unless the call says IORING_ENTER_NO_IOWAIT; Netty probes for
# that flag (ENTER_NO_IOWAIT_SUPPORTED=true of IoUring.featureString()), and does not use it where it is
# supported, unless -Dio.netty.iouring.enterNoIoWaitEnabled=true says so before the first ring.
#
# Seen with Netty 4.2.17.Final, OpenJDK 17, Linux 6.18, amd64, two processors, one event loop, over 5 s:
# epoll 0 % of a processor in iowait, io_uring 99 %, io_uring with the property 0 %.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

version=4.2.17.Final
central=https://repo1.maven.org/maven2/io/netty
for jar in common buffer transport resolver transport-native-unix-common transport-classes-epoll transport-classes-io_uring; do
    curl -sSfO "$central/netty-$jar/$version/netty-$jar-$version.jar"
done
for jar in epoll io_uring; do
    curl -sSfO "$central/netty-transport-native-$jar/$version/netty-transport-native-$jar-$version-linux-x86_64.jar"
done

cat >Idle.java <<'JAVA'
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

public class Idle {
    public static void main(String[] arguments) throws Exception {
        boolean isRing = arguments[0].equals("io_uring");
        if (isRing && !IoUring.featureString().contains("ENTER_NO_IOWAIT_SUPPORTED=true")) {
            System.out.println("not supported by this kernel");
            System.exit(1);
        }
        MultiThreadIoEventLoopGroup loop =
                new MultiThreadIoEventLoopGroup(
                        1, isRing ? IoUringIoHandler.newFactory() : EpollIoHandler.newFactory());
        new ServerBootstrap()
                .group(loop)
                .channel(isRing ? IoUringServerSocketChannel.class : EpollServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind("127.0.0.1", 0)
                .sync();
        Thread.sleep(1_000);
        long before = iowaitTicks();
        Thread.sleep(5_000);
        System.out.println((iowaitTicks() - before) / 5);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    /** In hundredths of a second, of all processors together. */
    static long iowaitTicks() throws Exception {
        return Long.parseLong(Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +")[5]);
    }
}
JAVA
javac -cp "*" Idle.java

percent() { java "${@:2}" -cp "*:." Idle "$1" 2>/dev/null; }

epoll=$(percent epoll)
ring=$(percent io_uring)
told=$(percent io_uring -Dio.netty.iouring.enterNoIoWaitEnabled=true)
echo "iowait of an idle server, % of a processor: epoll $epoll, io_uring $ring, with the property $told"
((epoll < 20 && ring > 80 && told < 20))
