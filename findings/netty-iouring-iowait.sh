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

cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>none</groupId><artifactId>none</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.netty</groupId><artifactId>netty-transport-native-epoll</artifactId><version>4.2.17.Final</version>
      <classifier>linux-x86_64</classifier>
    </dependency>
    <dependency>
      <groupId>io.netty</groupId><artifactId>netty-transport-native-io_uring</artifactId><version>4.2.17.Final</version>
      <classifier>linux-x86_64</classifier>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DoutputDirectory=.

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
