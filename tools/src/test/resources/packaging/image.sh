#!/bin/sh
# Does what the Dockerfile does with the archive, in a layer over the files of this very system, and runs
# its entry point there as a container would be run: as nobody known, without capabilities, on files that
# cannot be written, with little shared memory. image.sh ARCHIVE EMPTY-DIRECTORY JAVA-HOME USER ENTRYPOINT
# HEALTH-COMMAND..., as root, in namespaces for mounts, processes and network of its own. Ends with 77
# where the system allows no such layer.
set -eu

archive=$1
directory=$2
java=$3
user=$4
entry=$5
shift 5

fail() {
    echo "$*" >&2
    [ ! -f "$directory/log" ] || cat "$directory/log" >&2
    exit 1
}

mount -t tmpfs tmpfs "$directory" || exit 77
root=$directory/root
mkdir "$directory/upper" "$directory/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$directory/upper,workdir=$directory/work" "$root" || exit 77
mount -t proc proc "$root/proc" || exit 77
mount --rbind /dev "$root/dev" || exit 77
ip link set lo up

in_image() { # COMMAND...
    chroot "$root" /usr/bin/env -i PATH=/opt/larch/bin:/usr/bin:/bin JAVA_HOME="$java" "$@"
}

as_user() { # COMMAND...
    in_image setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --no-new-privs \
        --inh-caps=-all --bounding-set=-all "$@"
}

# --- The steps of the image
tar -xzf "$archive" -C "$root/opt"
mv "$root"/opt/larch-* "$root/opt/larch"
in_image install -d -o "${user%:*}" -g "${user#*:}" -m 700 /var/lib/larch
in_image /opt/larch/bin/larchd --version >"$directory/log"
in_image /opt/larch/bin/larchctl --version >>"$directory/log"

# --- A container of it
mount -t tmpfs -o "uid=${user%:*},gid=${user#*:},mode=700" tmpfs "$root/var/lib/larch"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/dev/shm"
mount -o remount,ro "$root"
as_user sh -c '! touch /opt/larch/x 2>/dev/null' || fail "the image's files can be written"

as_user env LARCH_DATA_DIR=/var/lib/larch/data LARCH_LISTEN_CLIENT_URLS=http://0.0.0.0:2379 \
    LARCH_ADVERTISE_CLIENT_URLS=http://127.0.0.1:2379 "$entry" >"$directory/log" 2>&1 &
member=$!
! as_user "$@" >/dev/null 2>&1 || fail "healthy before it can be"
until as_user "$@" >/dev/null 2>&1; do
    kill -0 "$member" 2>/dev/null || fail "no member"
done
[ "$(as_user larchctl set key value)" = value ] || fail "no key was set"
[ "$(stat -c %u "$root/var/lib/larch/data/member")" = "${user%:*}" ] || fail "files of another user"

kill -TERM "$member"
status=0
wait "$member" || status=$?
[ "$status" = 143 ] || fail "ended with $status"
echo "it serves and stops"
