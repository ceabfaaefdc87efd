#!/usr/bin/env bash
# The v2 API of etcd 3.5 no longer changes the TTL of a directory that is there. 2.3 and 3.4 answer such
# a request, "prevExist=true&dir=true&ttl=...", with 200, and so it is in the documentation; 3.5 answers
# 500, "Raft Internal Error", as to a member in trouble, which clients ask again and again. Making a
# directory with a TTL works as before.
#
# It goes back in time, too: requests are in the log, and 3.5 replays them by its own rules. What a 3.4
# has answered with 200 before it was upgraded is undone by the 3.5 that starts on its files, unless a
# snapshot was taken in between; and as the request then counts no index, in-order keys that were made
# behind it come back under other names.
#
# Seen with Debian's etcd-server 3.4.23-4+b4 (bookworm) and 3.5.16-4 (trixie), linux, amd64.
set -euo pipefail

work=$(mktemp -d)
etcd_pid=
# shellcheck disable=SC2329  # called by the trap
end() {
    [ -z "$etcd_pid" ] || kill "$etcd_pid"
    wait
    rm -rf "$work"
}
trap end EXIT
cd "$work"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sort -u | head -n 1)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
# unpack SUITE VERSION UPSTREAM
unpack() {
    mkdir -p "$1/lists/partial" "$1/cache"
    echo "deb [signed-by=$keys] $mirror $1 main" >"$1/list"
    local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/$1/list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$work/$1/lists" -o "Dir::Cache=$work/$1/cache" -o APT::Sandbox::User=)
    "${apt[@]}" update
    (cd "$1" && "${apt[@]}" download "etcd-server=$2" >/dev/null && dpkg -x etcd-server_*.deb .)
    [[ $("$1/usr/bin/etcd" --version) == *"etcd Version: $3"* ]] || { echo "not etcd $3"; exit 1; }
}
unpack bookworm 3.4.23-4+b4 3.4.23
unpack trixie 3.5.16-4 3.5.16

client=http://127.0.0.1:23796
peer=http://127.0.0.1:23806
start() {
    "$1/usr/bin/etcd" --enable-v2=true --name one --data-dir "$2" --listen-client-urls $client \
        --advertise-client-urls $client --listen-peer-urls $peer --initial-advertise-peer-urls $peer \
        --initial-cluster one=$peer >>log 2>&1 &
    etcd_pid=$!
    for _ in $(seq 100); do
        curl -fs $client/health >/dev/null && return
        sleep 0.1
    done
    echo "no answer"
    exit 1
}
stop() {
    kill "$etcd_pid"
    wait "$etcd_pid" || true
    etcd_pid=
}
ask() { curl -s -o answer -w '%{http_code} ' "$@" && cat answer; }
change() { ask -XPUT "$client/v2/keys/d?prevExist=true" -d dir=true -d ttl=4000; }
name() { curl -fs "$client/v2/keys/queue" | grep -o '/queue/[0-9]*'; }

start bookworm old
curl -fs -XPUT $client/v2/keys/d/a -d value=1 >/dev/null
echo "3.4 changes a directory's TTL:    $(change)"
older=$(cat answer)
curl -fs -XPOST $client/v2/keys/queue -d value=1 >/dev/null
before=$(name)
stop

start trixie old
after=$(name)
upgraded=$(curl -fs $client/v2/keys/d)
echo "3.5 on the same files:            $upgraded"
echo "the in-order key was, and is now: $before $after"
echo "3.5 changes a directory's TTL:    $(change)"
newer=$(cat answer)

[[ $older == *'"ttl":4000'* && $newer == *'Not a file ()'* && $upgraded != *'"ttl"'* && $before != "$after" ]] ||
    { echo "changed"; exit 1; }
