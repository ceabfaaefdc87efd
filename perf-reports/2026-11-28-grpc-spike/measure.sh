#!/bin/bash
# Measures grpc-java beside Larch's own gRPC, in turns, on one engine in one process. Prints a line for each run and then the
# medians: requests a second, p50 and p99 in ms, us of the server's CPU and bytes that it allocated a request.
#
#   measure.sh [ROUNDS [SECONDS]]
set -euo pipefail

rounds=${1:-3}
seconds=${2:-5}
home=$(cd "$(dirname "$0")/../.." && pwd -P)
bench=$home/tools/bin/larch-bench
work=$(mktemp -d "${TMPDIR:-/var/tmp}/larch-grpc.XXXXXX")
own=23790
java=23791
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

# Builds, if that is to be done.
"$bench" load --help=x >/dev/null 2>&1 || true

mkfifo "$work/in" "$work/out"
# As a member is started.
LARCH_JAVA_OPTS="-XX:+UseSerialGC -Xms96m -Xmx256m -XX:MaxDirectMemorySize=1g -Dio.netty.leakDetection.level=disabled ${LARCH_JAVA_OPTS:-}" \
    "$bench" grpc "$work/data" $own $java <"$work/in" >"$work/out" &
server=$!
exec 3>"$work/in" 4<"$work/out"
read -r _ <&4

allocated() {
    echo >&3
    read -r _ bytes <&4
    echo "$bytes"
}

# The puts that come first have written the few keys that there are.
load() { # PORT OPERATION CONNECTIONS SECONDS
    "$bench" load --url="http://127.0.0.1:$1" --operation="$2" --connections="$3" --duration="$4" \
        --warmup=0 --keys=100 --written=true --pid=$server
}

run() { # STACK PORT OPERATION CONNECTIONS
    local before text after
    before=$(allocated)
    text=$(load "$2" "$3" "$4" "$seconds")
    after=$(allocated)
    echo "$text" | awk -v bytes=$((after - before)) -v what="$3 $4 $1" '
        /^count/ { requests = $2; errors = $4; rate = $6 + 0 }
        /^ms:/ { p50 = $3; p99 = $7 }
        /^server CPU/ { cpu = $5 }
        END { print what, rate, p50, p99, cpu, int(bytes / requests), errors }'
}

# Java compiles what it runs often.
for operation in v3-put v3-range; do
    for port in $own $java; do
        load $port $operation 64 8 >/dev/null
        load $port $operation 1 4 >/dev/null
    done
done

for _ in $(seq "$rounds"); do
    for operation in v3-put v3-range; do
        for connections in 1 64; do
            run own $own $operation $connections
            run grpc-java $java $operation $connections
        done
    done
done | tee "$work/runs"

echo "medians: operation connections stack rate/s p50 p99 cpu-us bytes"
for what in $(cut -d' ' -f1-3 --output-delimiter=, "$work/runs" | sort -u); do
    printf '%s' "${what//,/ }"
    for column in 4 5 6 7 8; do
        printf ' %s' "$(grep "^${what//,/ } " "$work/runs" | cut -d' ' -f$column | sort -n | sed -n "$(((rounds + 1) / 2))p")"
    done
    echo
done
