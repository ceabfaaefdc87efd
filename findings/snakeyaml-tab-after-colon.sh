#!/usr/bin/env bash
# A tab between a key's colon and its value: the YAML that etcd 3.4 reads (Go's yaml.v2) takes it for a
# blank, snakeyaml-engine refuses the file. YAML 1.2 forbids tabs for indentation only, so a file that
# one tool of a fleet wrote, and etcd reads, may not open in a Java program.
#
# Seen with Debian's etcd-server 3.4.23-4+b4, which starts, and org.snakeyaml:snakeyaml-engine 3.0.1,
# whose ScannerException says "found character '\t(TAB)' that cannot start any token".
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq download etcd-server=3.4.23-4+b4 >/dev/null 2>&1
dpkg -x etcd-server_*.deb root
mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.snakeyaml:snakeyaml-engine:3.0.1 -DoutputDirectory="$work"

printf 'name:\tone\ndata-dir: %s/data\n' "$work" >file.yml
printf '%s\n' "listen-client-urls: http://127.0.0.1:23791" \
    "advertise-client-urls: http://127.0.0.1:23791" "listen-peer-urls: http://127.0.0.1:23801" \
    "initial-advertise-peer-urls: http://127.0.0.1:23801" \
    "initial-cluster: one=http://127.0.0.1:23801" >>file.yml

cat >Read.java <<'JAVA'
import java.nio.file.Files;
import java.nio.file.Path;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class Read {
    public static void main(final String[] args) throws Exception {
        try {
            final String text = Files.readString(Path.of(args[0]));
            System.out.println("read: " + new Load(LoadSettings.builder().build()).loadFromString(text));
        } catch (final Exception e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage().replaceAll("\\s+", " "));
        }
    }
}
JAVA

timeout 5 root/usr/bin/etcd --config-file file.yml >log 2>&1 || true
etcd=$(sed -n 's/.*published {Name:\([a-z]*\) .*/published \1/p' log | head -n 1)
java=$(java -cp snakeyaml-engine-3.0.1.jar Read.java file.yml)
tab=$(sed $'s/:\t/: /' file.yml >blank.yml && java -cp snakeyaml-engine-3.0.1.jar Read.java blank.yml)

echo "etcd 3.4.23 started:     $etcd"
echo "snakeyaml-engine 3.0.1:  ${java:0:160}"
echo "the same with a blank:   ${tab:0:40}"
[[ $etcd == "published one" && $java == ScannerException:*"TAB"* && $tab == "read: {name=one"* ]] ||
    { echo "changed"; exit 1; }
