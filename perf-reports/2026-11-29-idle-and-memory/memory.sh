#!/usr/bin/env bash
# memory.sh [SECONDS]: a new member's memory and processor time at rest, then after so long a load of 64 writers of 10,000 keys,
# and half a minute behind that.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-60}
home=$(mktemp -d)
trap 'kill "$member" 2>/dev/null; wait; rm -r "$home"' EXIT
"$root/tools/bin/larchd" --version >/dev/null
"$root/tools/bin/larchd" --data-dir="$home/data" \
    --listen-client-urls=http://127.0.0.1:12379 --advertise-client-urls=http://127.0.0.1:12379 \
    --listen-peer-urls=http://127.0.0.1:12380 --initial-advertise-peer-urls=http://127.0.0.1:12380 \
    --initial-cluster=default=http://127.0.0.1:12380 2>"$home/log" &
member=$!
resident() { echo "$1: $(grep -E 'VmRSS|RssAnon' "/proc/$member/status" | tr -s '\t ' ' ' | tr '\n' ',')"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$member/stat"; }
sleep 5
before=$(ticks)
sleep 10
resident "at rest ($((($(ticks) - before))) ms of processor time a second)"
"$root/tools/bin/larch-bench" load --url=http://127.0.0.1:12379 --operation=put --connections=64 --duration="$seconds" | tail -n 3
resident "at its end"
echo "written: $(awk '/^write_bytes/ { print $2 / 1e6 " MB" }' "/proc/$member/io"), snapshots: $(find "$home" -name '*.snap' | wc -l)"
sleep 32
resident "then"
