#!/usr/bin/env bash
# etcd 3.4 cannot be given its own default in its configuration file the way it is given on the command
# line: "proxy: off" ends the server. YAML takes the bare word for a switch, it arrives as the text
# "false", and that is no value of the setting; nothing in the message names the file or the quotes
# that are missing. The same word works as a flag, and quoted in the file.
#
# Seen with Debian's etcd-server 3.4.23-4+b4 (linux, amd64): status 1 and "unexpected error setting up
# proxyFlag: invalid value".
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq download etcd-server=3.4.23-4+b4 >/dev/null 2>&1
dpkg -x etcd-server_*.deb root
etcd=$work/root/usr/bin/etcd
[[ $("$etcd" --version) == *"etcd Version: 3.4.23"* ]] || { echo "not etcd 3.4.23"; exit 1; }

urls=(--listen-client-urls http://127.0.0.1:23791 --advertise-client-urls http://127.0.0.1:23791
    --listen-peer-urls http://127.0.0.1:23801 --initial-advertise-peer-urls http://127.0.0.1:23801
    --initial-cluster one=http://127.0.0.1:23801)

file() {
    printf '%s\n' "name: one" "data-dir: $work/data" "$1"
    local i
    for ((i = 0; i < ${#urls[@]}; i += 2)); do
        printf '%s: %s\n' "${urls[i]#--}" "${urls[i + 1]}"
    done
}

# Runs etcd for a moment: "started", or its status and what it said of the setting.
try() {
    local status=0
    rm -rf data
    timeout 5 "$etcd" "$@" >log 2>&1 || status=$?
    if [[ $(cat log) == *"ready to serve client requests"* ]]; then
        echo started
    else
        echo "status $status: $(sed -n 's/.*\(unexpected error setting up proxyFlag.*\)/\1/p' log)"
    fi
}

file "proxy: off" >bare.yml
file "proxy: 'off'" >quoted.yml
bare=$(try --config-file bare.yml)
quoted=$(try --config-file quoted.yml)
flag=$(try --proxy off --name one --data-dir "$work/data" "${urls[@]}")

echo "in the file, proxy: off      -> $bare"
echo "in the file, proxy: 'off'    -> $quoted"
echo "on the command line          -> $flag"
[[ $bare == "status 1: unexpected error setting up proxyFlag: invalid value" &&
    $quoted == started && $flag == started ]] || { echo "changed"; exit 1; }
