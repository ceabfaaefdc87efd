#!/usr/bin/env bash
# profile.sh NAME [OPTION OF larch-bench load ...]: one member under load, and by Linux' perf where its processor time goes (parts.py).
# Needs perf, the right to use it, and a JDK (jcmd). SECONDS_WARM is how long the load runs before, 20 if not set.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
name=$1
shift
warm=${SECONDS_WARM:-20}
home=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -r "$home"' EXIT
"$root/tools/bin/larchd" --version >/dev/null
LARCH_JAVA_OPTS="-XX:+PreserveFramePointer" "$root/tools/bin/larchd" --data-dir="$home/data" --initial-cluster=default=http://127.0.0.1:12380 \
    --listen-client-urls=http://127.0.0.1:12379 --advertise-client-urls=http://127.0.0.1:12379 \
    --listen-peer-urls=http://127.0.0.1:12380 --initial-advertise-peer-urls=http://127.0.0.1:12380 2>"$home/log" &
server=$!
pids+=("$server")
until curl -sf http://127.0.0.1:12379/health >/dev/null; do sleep 0.1; done
"$root/tools/bin/larch-bench" load --url=http://127.0.0.1:12379 --warmup=$((warm + 8)) --duration=6 --pid="$server" "$@" >"$home/load" &
load=$!
sleep $((warm + 2))
perf record -q -F 1999 -g -p "$server" -o "$home/perf" -- sleep 4 >/dev/null 2>&1
jcmd "$server" Compiler.perfmap >/dev/null
wait "$load"
echo "== $name"
grep -E '^(ms|server CPU|last|put|count)' "$home/load"
perf script -i "$home/perf" -F comm,ip,sym,dso 2>/dev/null | "$(dirname "$0")/parts.py"
rm -f "/tmp/perf-$server.map"
