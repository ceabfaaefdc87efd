#!/bin/sh
# Unpacks the layers of an image and runs its entry point in it as a container would be run: first process,
# as a user that this machine does not know, without capabilities, on files that cannot be written, with
# little shared memory and nothing but loopback. As root, in namespaces for mounts and network of its own:
#
#   image.sh EMPTY-DIRECTORY USER:GROUP PATH ENTRYPOINT HEALTH-COMMAND LAYER...
#
# Ends with 77 where the system allows none of that.
set -eu

directory=$1
user=$2
path=$3
entry=$4
health=$5
shift 5

fail() {
    echo "$*" >&2
    tail -n 100 "$directory"/*.log >&2
    exit 1
}

mount -t tmpfs tmpfs "$directory" || exit 77
root=$directory/root
mkdir "$root"
ip link set lo up

# --- Layers
for layer in "$@"; do
    tar -xzpf "$layer" -C "$root"
done
[ -z "$(find "$root" -name '.wh.*')" ] || fail "a layer takes away what another one brings"
[ "$(find "$root" -not -type d -printf '%U:%G %TY-%Tm-%Td\n' | sort -u | wc -l)" = 1 ] ||
    fail "files have owners or dates that nobody gave them"
[ -z "$(find "$root" -xtype l -not -path "$root/proc/*")" ] || fail "a link leads nowhere"
[ -z "$(find "$root" -not -type l -perm /022 -not -perm -1000)" ] || fail "others may write to some files"

# --- A container
mount --bind "$root" "$root"
mount -t proc proc "$root/proc" || exit 77
mount --rbind /dev "$root/dev" || exit 77
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o noexec,mode=1777 tmpfs "$root/tmp"
# As a new volume, which has what the image has there.
mount -t tmpfs -o "uid=${user%:*},gid=${user#*:},mode=$(stat -c %a "$root/var/lib/larch")" tmpfs "$root/var/lib/larch"
mount -o remount,bind,ro "$root"

as_user() { # COMMAND...
    setpriv --no-new-privs --inh-caps=-all --bounding-set=-all,+sys_chroot,+setuid,+setgid \
        chroot --userspec="$user" --groups= "$root" /usr/bin/env -i "$path" "$@"
}

# The entry point, in the background as the first process of its own; leaves its number in $member.
start() { # NAME VARIABLE...
    name=$1
    shift
    unshare --pid --fork --kill-child --mount-proc="$root/proc" setpriv --no-new-privs --inh-caps=-all \
        --bounding-set=-all,+sys_chroot,+setuid,+setgid chroot --userspec="$user" --groups= "$root" \
        /usr/bin/env -i "$path" "ETCD_NAME=$name" "ETCD_DATA_DIR=/var/lib/larch/$name" "$@" \
        "$entry" >>"$directory/$name.log" 2>&1 &
    container=$!
    member=
    until [ -n "$member" ]; do
        kill -0 "$container" 2>/dev/null || fail "no container"
        read -r member <"/proc/$container/task/$container/children" || true
    done
}

is_healthy() {
    as_user sh -c "$health" >/dev/null 2>&1
}

await_health() {
    until is_healthy; do
        kill -0 "$container" 2>/dev/null || fail "no member"
        sleep 0.1
    done
}

stop() { # CONTAINER MEMBER
    kill -TERM "${2%% *}"
    status=0
    wait "$1" || status=$?
    [ "$status" = 0 ] || fail "ended with $status"
}

has_mapped() { # FILE
    grep -q " $root$1" "/proc/${member%% *}/maps" || fail "$1 is not in use"
}

as_user sh -c '! touch /opt/larch/x 2>/dev/null' || fail "the image's files can be written"
! is_healthy || fail "healthy before it can be"
as_user larchctl --version >"$directory/version.log" 2>&1
[ "$(wc -l <"$directory/version.log")" = 2 ] || fail "larchctl says more than its version"

authorities=$(grep -c BEGIN "$root/etc/ssl/certs/ca-certificates.crt")
as_user keytool -list -cacerts </dev/null | grep -q "contains $authorities entries" || fail "not all are trusted"

start one LARCH_LISTEN_CLIENT_URLS=http://0.0.0.0:2379 LARCH_ADVERTISE_CLIENT_URLS=http://127.0.0.1:2379
await_health
[ "$(as_user larchctl set key value)" = value ] || fail "no key was set"
[ "$(stat -c %u "$root/var/lib/larch/one/member")" = "${user%:*}" ] || fail "files of another user"
has_mapped "/opt/larch/cache/larchd-.*\.jsa"
# Of rings or, where there are none, of epoll.
has_mapped "/usr/lib/libnetty_transport_native_[a-z0-9_]*_x86_64\.so"
stop "$container" "$member"
! grep -qE 'WARNING|preparing' "$directory/one.log" || fail "a start is not as it should be"

# Again on the same data, with what unpacks libraries elsewhere.
cpu=$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
start one LARCH_LISTEN_CLIENT_URLS=http://0.0.0.0:2379,https://0.0.0.0:4379 LARCH_AUTO_TLS=true \
    LARCH_ADVERTISE_CLIENT_URLS=http://127.0.0.1:2379 "LARCH_ENGINE_CPU=$cpu"
await_health
[ "$(as_user larchctl get key)" = value ] || fail "the key is lost"
has_mapped "/usr/lib/libnetty_tcnative_linux_x86_64\.so"
has_mapped "/usr/lib/libjnidispatch\.so"
curl -sk https://127.0.0.1:4379/v2/keys/key | grep -q '"value":"value"' || fail "no TLS"
stop "$container" "$member"

# Two that need each other, whose buffers do not fit into the shared memory.
cluster=LARCH_INITIAL_CLUSTER=a=http://127.0.0.1:2380,b=http://127.0.0.1:3380
start a "$cluster" LARCH_LISTEN_CLIENT_URLS=http://127.0.0.1:2379 LARCH_ADVERTISE_CLIENT_URLS=http://127.0.0.1:2379 \
    LARCH_LISTEN_PEER_URLS=http://127.0.0.1:2380 LARCH_INITIAL_ADVERTISE_PEER_URLS=http://127.0.0.1:2380
first="$container $member"
start b "$cluster" LARCH_LISTEN_CLIENT_URLS=http://127.0.0.1:3379 LARCH_ADVERTISE_CLIENT_URLS=http://127.0.0.1:3379 \
    LARCH_LISTEN_PEER_URLS=http://127.0.0.1:3380 LARCH_INITIAL_ADVERTISE_PEER_URLS=http://127.0.0.1:3380
await_health
[ "$(as_user larchctl set key other)" = other ] || fail "no key was set by two"
[ "$(as_user larchctl --endpoints http://127.0.0.1:3379 --no-sync get --quorum key)" = other ] || fail "not the same key"
stop "$container" "$member"
stop ${first% *} "${first#* }"
grep -q "peer messages are buffered in /var/lib/larch/a" "$directory/a.log" || fail "buffers are elsewhere"
echo "it serves and stops"
