#!/usr/bin/env bash
# Netty's flow controller of HTTP/2 asks a frame for its size() once more after it has told it
# writeComplete(), to know how much of the window it has used. A frame of one's own whose size is what
# its buffer still holds, and which gives the buffer back in writeComplete(), so answers from a buffer
# that may be another thread's already: the windows come out wrong, now and then, under load. (Netty's
# own frames of data keep a queue apart, which is empty by then.) With assertions on, Netty's
# distributor notices some of it; without, nothing does.
#
# Seen with io.netty:netty-codec-http2:4.2.17.Final: size size write size writeComplete size.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>a</groupId><artifactId>a</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.netty</groupId><artifactId>netty-codec-http2</artifactId><version>4.2.17.Final</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DoutputDirectory="$work/lib"

cat >Order.java <<'JAVA'
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;

class Order {
    public static void main(final String[] args) throws Exception {
        final DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
        final DefaultHttp2RemoteFlowController windows = new DefaultHttp2RemoteFlowController(connection);
        connection.remote().flowController(windows);
        final ChannelInboundHandlerAdapter handler = new ChannelInboundHandlerAdapter();
        final EmbeddedChannel channel = new EmbeddedChannel(handler);
        windows.channelHandlerContext(channel.pipeline().context(handler));
        final StringBuilder calls = new StringBuilder();
        windows.addFlowControlled(
                connection.remote().createStream(1, false),
                new FlowControlled() {
                    private int left = 100;

                    @Override
                    public int size() {
                        calls.append(" size");
                        return left;
                    }

                    @Override
                    public void write(final ChannelHandlerContext ctx, final int allowed) {
                        calls.append(" write");
                        left = 0;
                    }

                    @Override
                    public void writeComplete() {
                        calls.append(" writeComplete");
                    }

                    @Override
                    public void error(final ChannelHandlerContext ctx, final Throwable cause) {
                        calls.append(" error");
                    }

                    @Override
                    public boolean merge(final ChannelHandlerContext ctx, final FlowControlled next) {
                        return false;
                    }
                });
        windows.writePendingBytes();
        System.out.println(calls.substring(1));
    }
}
JAVA
calls=$(java -cp 'lib/*' Order.java 2>/dev/null)
echo "netty-codec-http2 4.2.17.Final calls: $calls"
[[ $calls == *" write "*"writeComplete"*" size"* ]] || { echo "changed"; exit 1; }
