#!/usr/bin/env bash
# commands.sh ROUNDS LARCHCTL...: how long commands of each of these programs take, in turns, against one member
# that speaks http and https. JAVA_HOME says which Java they and the member run on.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
rounds=$1
shift
home=$(mktemp -d)
member=
trap '[ -z "$member" ] || { kill "$member"; wait "$member" || true; }; rm -r "$home"' EXIT
cd "$home"
ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
# shellcheck disable=SC2086
openssl req -x509 $ec -subj /CN=ca -keyout ca.key -out ca.pem 2>openssl.log
# shellcheck disable=SC2086
openssl req -new $ec -subj /CN=m -keyout m.key -out m.csr 2>>openssl.log
openssl x509 -req -in m.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile <(echo subjectAltName=IP:127.0.0.1) \
    -out m.pem 2>>openssl.log
"$root/tools/bin/larchd" --data-dir data --listen-client-urls http://127.0.0.1:12371,https://127.0.0.1:12372 \
    --advertise-client-urls http://127.0.0.1:12371 --listen-peer-urls http://127.0.0.1:12380 \
    --initial-advertise-peer-urls http://127.0.0.1:12380 --initial-cluster default=http://127.0.0.1:12380 \
    --cert-file m.pem --key-file m.key 2>larchd.log &
member=$!
until curl -sf http://127.0.0.1:12371/health -o health; do sleep 0.1; done
export LARCHCTL_ENDPOINTS=http://127.0.0.1:12371
tls="--no-sync --endpoints https://127.0.0.1:12372 --ca-file ca.pem"
commands=(
    "--help"
    "set /x 1"
    "get /x"
    "ls /"
    "cluster-health"
    "$tls get /x"
    "$tls --cert-file m.pem --key-file m.key get /x"
)
TIMEFORMAT="%R %U %S"
for program in "$@"; do
    "$program" set /x 1 >out
done
for round in $(seq "$rounds"); do
    for c in "${!commands[@]}"; do
        p=0
        for program in "$@"; do
            # shellcheck disable=SC2086
            { time "$program" ${commands[$c]} >out 2>err; } 2>>"times.$c.$p"
            p=$((p + 1))
        done
    done
done
for c in "${!commands[@]}"; do
    for p in $(seq 0 $(($# - 1))); do
        real=$(cut -d' ' -f1 "times.$c.$p" | sort -n | sed -n $(((rounds + 1) / 2))p)
        cpu=$(awk '{ print $2 + $3 }' "times.$c.$p" | sort -n | sed -n $(((rounds + 1) / 2))p)
        echo "program $((p + 1)): ${commands[$c]}: real $real s, processor $cpu s"
    done
done
