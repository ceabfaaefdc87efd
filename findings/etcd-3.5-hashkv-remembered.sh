#!/usr/bin/env bash
# "endpoint hashkv" is to tell whether members have the same keys: equal numbers at one revision. From
# 3.5 on etcd keeps in memory what it computes while it compacts: the number of the revision to which
# it compacts, counted from the compaction before. Who names just that revision ("--rev") is answered so;
# who names none, or asks a member that has been started since, gets the number behind the compaction,
# which is another. So two members with the same keys, or one before and behind a restart, differ as damaged
# ones would. What tells is compact_revision in the answer (-w json): numbers of another one may not be
# compared, and the table and the plain output leave it out.
#
# Seen with Debian's etcd-server and etcd-client 3.5.16-4 (trixie), linux, amd64.
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
mkdir -p lists/partial cache
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >list
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=)
"${apt[@]}" update
"${apt[@]}" download etcd-server=3.5.16-4 etcd-client=3.5.16-4 >/dev/null
for package in *.deb; do
    dpkg -x "$package" root
done
[[ $(root/usr/bin/etcd --version) == *"etcd Version: 3.5.16"* ]] || { echo "not etcd 3.5.16"; exit 1; }

client=http://127.0.0.1:23797
peer=http://127.0.0.1:23807
start() {
    root/usr/bin/etcd --name one --data-dir data --listen-client-urls $client --advertise-client-urls $client \
        --listen-peer-urls $peer --initial-advertise-peer-urls $peer --initial-cluster one=$peer >>log 2>&1 &
    etcd_pid=$!
    for _ in $(seq 100); do
        curl -fs $client/health >/dev/null && return
        sleep 0.1
    done
    echo "no answer"
    exit 1
}
ctl() { root/usr/bin/etcdctl --endpoints $client "$@"; }
hash() { ctl endpoint hashkv -w json "$@" | grep -o '"revision":[0-9]*\|"hash":[0-9]*\|"compact_revision":[-0-9]*' | tr '\n' ' '; }

start
for value in 1 2 3 4; do
    ctl put key $value >/dev/null
done
ctl compaction --physical 3 >/dev/null
ctl compaction --physical 5 >/dev/null
newest=$(hash)
named=$(hash --rev 5)
kill "$etcd_pid"
wait "$etcd_pid" || true
start
restarted=$(hash --rev 5)
echo "no revision named:        $newest"
echo "revision 5, the newest:   $named"
echo "the same after a restart: $restarted"
[[ $newest == "$restarted" && $named != "$newest" ]] || { echo "changed"; exit 1; }
