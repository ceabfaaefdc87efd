#!/usr/bin/env bash
# profile.sh NAME [OPTION OF larch-bench load ...]: a member under load, or the leader of MEMBERS, and by Linux' perf where its processor
# time goes (parts.py). Needs perf, the right to use it, and a JDK (jcmd). SECONDS_WARM is how long the load runs before, 20 if not set.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
name=$1
shift
warm=${SECONDS_WARM:-20}
members=${MEMBERS:-1}
home=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -r "$home"' EXIT
"$root/tools/bin/larchd" --version >/dev/null
cluster=
for ((i = 0; i < members; i++)); do
    cluster+=${cluster:+,}m$i=http://127.0.0.1:$((12380 + 10 * i))
done
for ((i = 0; i < members; i++)); do
    client=http://127.0.0.1:$((12379 + 10 * i))
    peer=http://127.0.0.1:$((12380 + 10 * i))
    LARCH_JAVA_OPTS="-XX:+PreserveFramePointer" "$root/tools/bin/larchd" --name=m$i --data-dir="$home/data$i" --initial-cluster="$cluster" \
        --listen-client-urls="$client" --advertise-client-urls="$client" --listen-peer-urls="$peer" \
        --initial-advertise-peer-urls="$peer" 2>"$home/log$i" &
    pids+=("$!")
done
leader=
until [ -n "$leader" ]; do
    sleep 0.5
    for ((i = 0; i < members; i++)); do
        if curl -s "http://127.0.0.1:$((12379 + 10 * i))/v2/stats/self" | grep -q '"state":"StateLeader"'; then
            leader=$i
        fi
    done
done
server=${pids[$leader]}
"$root/tools/bin/larch-bench" load --url="http://127.0.0.1:$((12379 + 10 * leader))" --warmup=$((warm + 8)) --duration=6 --pid="$server" "$@" >"$home/load" &
load=$!
sleep $((warm + 2))
perf record -q -F 1999 -g -p "$server" -o "$home/perf" -- sleep 4 >/dev/null 2>&1
jcmd "$server" Compiler.perfmap >/dev/null
wait "$load"
echo "== $name"
grep -E '^(ms|server CPU|last|put|count)' "$home/load"
perf script -i "$home/perf" -F comm,ip,sym,dso 2>/dev/null | "$(dirname "$0")/parts.py"
rm -f "/tmp/perf-$server.map"
