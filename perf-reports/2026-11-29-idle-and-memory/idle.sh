#!/usr/bin/env bash
# idle.sh [ROUNDS [MEMBERS]]: a new cluster (1 or 3 members) with --idle=park and one with --idle=adaptive in turns, each loaded
# by writers and readers; clients talk to the leader.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
rounds=${1:-3}
members=${2:-1}
home=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; wait; rm -r "$home"' EXIT
"$root/tools/bin/larchd" --version >/dev/null
peers=
for i in $(seq "$members"); do
    peers=$peers${peers:+,}m$i=http://127.0.0.1:1238$i
done
leader() {
    for i in $(seq "$members"); do
        if curl -s "http://127.0.0.1:1237$i/v2/stats/self" | grep -q StateLeader; then
            echo "http://127.0.0.1:1237$i"
        fi
    done
}
for round in $(seq "$rounds"); do
    for idle in park adaptive; do
        pids=()
        for i in $(seq "$members"); do
            "$root/tools/bin/larchd" --idle=$idle --name=m$i --data-dir="$home/$round-$idle/m$i" --initial-cluster="$peers" \
                --listen-client-urls=http://127.0.0.1:1237$i --advertise-client-urls=http://127.0.0.1:1237$i \
                --listen-peer-urls=http://127.0.0.1:1238$i --initial-advertise-peer-urls=http://127.0.0.1:1238$i \
                2>"$home/log.$i" &
            pids+=($!)
        done
        sleep 4
        url=$(leader)
        for load in "put 64" "get 64" "put 1" "quorum-get 1" "get 1"; do
            read -r operation connections <<<"$load"
            echo "$round, $idle, $load: $("$root/tools/bin/larch-bench" load --url="$url" --operation="$operation" \
                --connections="$connections" --duration=3 --warmup=2 --pid="$(IFS=,; echo "${pids[*]}")" | tail -n 3 | tr '\n' ' ')"
        done
        kill "${pids[@]}"
        wait "${pids[@]}" || true
    done
done
