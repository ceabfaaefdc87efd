#!/usr/bin/env bash
# pinned.sh [ROUNDS [SECONDS]]: on a machine of two CPUs, members by themselves in turns, the client on CPU 0: anywhere, with
# the one thread on CPU 1, the same spinning, and in the split layout with engine and edge on a CPU each, spinning.
set -euo pipefail
# Nothing is built meanwhile: run "larch-bench" once before.
export LARCH_AS_BUILT=yes
root=$(cd "$(dirname "$0")/../.." && pwd)
rounds=${1:-3}
seconds=${2:-3}
home=$(mktemp -d)
pid=
trap 'kill "$pid" 2>/dev/null || true; wait; rm -r "$home"' EXIT
url=http://127.0.0.1:12390
variants=(
    "--threads=fused"
    "--threads=fused --engine-cpu=1"
    "--threads=fused --engine-cpu=1 --idle=spin"
    "--engine-cpu=1 --edge-cpus=0 --idle=spin"
)
# Of all threads of the member, in hundredths of a second.
ticks() { awk '{ print $14 + $15 }' "/proc/$pid/stat"; }
for round in $(seq "$rounds"); do
    for flags in "${variants[@]}"; do
        # shellcheck disable=SC2086  # flags are meant to be split
        "$root/tools/bin/larchd" $flags --data-dir="$home/$round${flags// /}" --listen-client-urls=$url \
            --advertise-client-urls=$url --listen-peer-urls=http://127.0.0.1:12391 \
            --initial-advertise-peer-urls=http://127.0.0.1:12391 --initial-cluster=default=http://127.0.0.1:12391 \
            2>"$home/log" &
        pid=$!
        until curl -sf $url/health >/dev/null; do
            kill -0 $pid || { cat "$home/log"; exit 1; }
            sleep 0.1
        done
        # What is measured is compiled.
        taskset -c 0 "$root/tools/bin/larch-bench" load --url=$url --operation=mix --connections=16 --duration=4 --warmup=0 \
            --keys=1000 >/dev/null
        for operation in put get; do
            echo "$round, $flags, $operation 1: $(taskset -c 0 "$root/tools/bin/larch-bench" load --url=$url --operation=$operation \
                --connections=1 --duration="$seconds" --warmup=1 --keys=1000 --pid=$pid | tail -n 3 | tr '\n' ' ')"
        done
        before=$(ticks)
        sleep 1
        echo "$round, $flags, at rest: $(($(ticks) - before)) hundredths of a second in 1 s, $(grep VmRSS /proc/$pid/status)"
        kill $pid
        wait $pid || true
    done
done
