#!/bin/sh
# Starts a systemd as the first process of a layer over this very system, and lets it run the Debian
# package's unit: systemd.sh PACKAGE DIRECTORY JAVA-HOME, as root, in namespaces for mounts, processes,
# network, IPC, host name and control groups of its own. What the trial says is in DIRECTORY/log; ends
# with its status, with 77 where the system allows no such layer. The Java is for where no package has
# one.
set -eu

boot() { # PACKAGE DIRECTORY JAVA-HOME
    layer=$2/layer
    mkdir "$layer"
    mount -t tmpfs tmpfs "$layer" || exit 77
    root=$layer/root
    mkdir "$layer/upper" "$layer/work" "$root"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$layer/upper,workdir=$layer/work" "$root" || exit 77
    # Of the kernel nothing can be set from within, and of its devices there are those that do no harm.
    mount -t proc proc "$root/proc" || exit 77
    mount --bind "$root/proc/sys" "$root/proc/sys"
    mount -o remount,bind,ro "$root/proc/sys"
    mount -t sysfs -o ro sysfs "$root/sys" || exit 77
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup" || exit 77
    for place in run tmp dev; do
        mount -t tmpfs tmpfs "$root/$place"
    done
    for device in null zero full random urandom tty; do
        : >"$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir "$root/dev/shm" "$root/dev/pts" "$root/dev/mqueue" "$root/dev/hugepages"
    chmod 1777 "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ip link set lo up
    mkdir "$root/trial" "$root/below"
    cp "$1" "$root/trial/larch.deb"
    cp "$0" "$root/trial/test"
    : >"$2/log"
    : >"$root/trial/log"
    mount --bind "$2/log" "$root/trial/log"
    echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
    # Images for containers let no package start a service.
    rm -f "$root/usr/sbin/policy-rc.d"
    # No service of this system runs but what a unit has to wait for.
    cat >"$root/etc/systemd/system/trial.target" <<UNITS
[Unit]
Requires=systemd-journald.service trial.service
UNITS
    cat >"$root/etc/systemd/system/trial.service" <<UNITS
[Unit]
After=systemd-journald.service
DefaultDependencies=no

[Service]
Type=oneshot
Environment=DEBIAN_FRONTEND=noninteractive
ExecStart=sh -c 'sh /trial/test "$3"; status=\$?; systemctl exit \$status'
StandardOutput=append:/trial/log
StandardError=append:/trial/log
UNITS
    cd "$root"
    pivot_root . below
    umount -l /below
    exec env -i container=layer PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system \
        --unit=trial.target >/dev/null 2>&1 </dev/null
}

if [ $# -eq 3 ]; then
    [ -x /lib/systemd/systemd ] || exit 77
    boot "$@"
fi

# --- Within -----------------------------------------------------------------------------------

[ $# -eq 1 ] && [ "$0" = /trial/test ] || exit 2

fail() {
    echo "$*" >&2
    systemctl status larch --no-pager -n 0 >&2 || true
    journalctl --no-pager -n 60 >&2 || true
    exit 1
}

must() {
    "$@" || fail "does not hold: $*"
}

must_not() {
    ! "$@" || fail "holds: $*"
}

step() {
    echo "--- $*"
}

of_unit() { # PROPERTY
    systemctl show -p "$1" --value larch
}

# Until a command succeeds, as long as that may take.
await() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || fail "does not come: $*"
        sleep 0.1
    done
}

is_new_process() { # OLD-PID
    [ "$(of_unit MainPID)" != "$1" ] && [ "$(of_unit ActiveState)" = active ]
}

is_served() {
    [ "$(larchctl get key)" = value ]
}

cd /trial

step install
if ! dpkg-query -W -f '${Provides}\n' | grep -q java17-runtime-headless; then
    mkdir -p some-java/DEBIAN some-java/usr/lib/jvm
    ln -s "$1" some-java/usr/lib/jvm/some-java
    cat >some-java/DEBIAN/control <<CONTROL
Package: some-java
Version: 1
Architecture: all
Maintainer: Nobody <nobody@localhost>
Provides: java17-runtime-headless
Description: a Java of this machine that is no package
CONTROL
    dpkg-deb -Znone -b some-java some-java.deb
    dpkg -i some-java.deb
fi
# Sooner than people want it, who look at the log first.
mkdir -p /etc/systemd/system/larch.service.d
cat >/etc/systemd/system/larch.service.d/soon.conf <<UNIT
[Service]
RestartSec=100ms
WatchdogSec=4s
TimeoutAbortSec=1s
UNIT
# What makes starts faster takes long, and is tried where the package is by itself.
dpkg-deb -R larch.deb package
sed -i 's/^prepare() {/&\n    return 0/' package/DEBIAN/postinst
must grep -q "return 0" package/DEBIAN/postinst
dpkg-deb -Znone -b package larch.deb
apt-get -q -y install ./larch.deb
# The first start waits until the member serves: it has said so.
must [ "$(of_unit ActiveState)" = active ]
must [ "$(of_unit SubState)" = running ]
must larchctl set key value
first=$(of_unit MainPID)
must [ "$(stat -c %U "/proc/$first")" = larch ]

step "an end that nobody wanted"
kill -KILL "$first"
await is_new_process "$first"
must is_served
must [ "$(of_unit NRestarts)" = 1 ]

step "a member that has stopped"
second=$(of_unit MainPID)
kill -STOP "$second"
await is_new_process "$second"
must is_served
must [ "$(of_unit NRestarts)" = 2 ]
must journalctl -q --no-pager -u larch -g "Watchdog timeout"

step upgrade
third=$(of_unit MainPID)
sed -i 's/^Version: .*/Version: 999/' package/DEBIAN/control
dpkg-deb -Znone -b package newer.deb
apt-get -q -y install ./newer.deb
must is_new_process "$third"
must is_served
must [ "$(of_unit Result)" = success ]

step "a flag that nobody knows"
echo "DAEMON_ARGS=--no-such-flag" >>/etc/default/larch
must_not systemctl restart larch
must [ "$(of_unit ActiveState)" = failed ]
must [ "$(of_unit ExecMainStatus)" = 2 ]
must [ "$(of_unit NRestarts)" = 0 ]
sed -i '/no-such-flag/d' /etc/default/larch
must systemctl restart larch
must is_served

step "stop and start"
must systemctl stop larch
must [ "$(of_unit Result)" = success ]
must [ "$(of_unit ActiveState)" = inactive ]
must systemctl start larch
must is_served

step remove
last=$(of_unit MainPID)
apt-get -q -y remove larch
must_not [ -e "/proc/$last" ]
must_not systemctl is-active -q larch
step done
