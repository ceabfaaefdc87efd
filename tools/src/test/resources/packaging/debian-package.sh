#!/bin/sh
# Installs, upgrades, removes and purges the Debian package on this very system, in a layer over its
# files that is gone afterwards: debian-package.sh PACKAGE EMPTY-DIRECTORY JAVA-HOME, as root, in
# namespaces for mounts, processes and network of its own. Ends with 77 where the system allows no such
# layer. The Java is for where no package has one.
set -eu

fail() {
    echo "$*" >&2
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

enter() { # PACKAGE DIRECTORY JAVA-HOME
    mount -t tmpfs tmpfs "$2" || exit 77
    mkdir "$2/upper" "$2/work" "$2/root"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$2/upper,workdir=$2/work" "$2/root" || exit 77
    mount -t proc proc "$2/root/proc" || exit 77
    mount --rbind /dev "$2/root/dev" || exit 77
    # No systemd to be talked to.
    mount -t tmpfs tmpfs "$2/root/run"
    ip link set lo up
    mkdir -p "$2/root/packages"
    cp "$1" "$2/root/packages/larch.deb"
    cp "$0" "$2/root/packages/test"
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
        chroot "$2/root" sh /packages/test "$3"
}

# A package of a link to a Java.
java_package() { # NAME JAVA-HOME
    mkdir -p "$1/DEBIAN" "$1/usr/lib/jvm"
    ln -s "$2" "$1/usr/lib/jvm/$1"
    cat >"$1/DEBIAN/control" <<EOF
Package: $1
Version: 1
Architecture: all
Maintainer: Nobody <nobody@localhost>
Provides: java17-runtime-headless
Description: a Java of this machine that is no package
EOF
    dpkg-deb -Znone -b "$1" "$1.deb"
}

are_classes_archived() {
    for program in larchd larchctl; do
        [ -n "$(find /var/cache/larch -name "$program-*.jsa" -size +0)" ] || return 1
    done
}

owner() {
    stat -c '%U:%G:%a' "$1"
}

# As the unit does: its variables, its user.
serve() {
    variables=$(sed -n 's/^Environment=//p' /usr/lib/systemd/system/larch.service | sed 's/%H/host/')
    # shellcheck disable=SC2086  # one word each
    runuser -u larch -- env $variables "$@" larchd >/packages/log 2>&1 &
    member=$!
    until larchctl set key value >/dev/null 2>&1; do
        kill -0 "$member" 2>/dev/null || fail "no member: $(cat /packages/log)"
    done
}

if [ $# -eq 3 ]; then
    enter "$@"
fi
# Never but in the layer.
[ $# -eq 1 ] && [ "$0" = /packages/test ] || fail "usage: $0 PACKAGE EMPTY-DIRECTORY JAVA-HOME"
cd /packages

step install
if ! dpkg-query -W -f '${Provides}\n' | grep -q java17-runtime-headless; then
    java_package some-java "$1"
    dpkg -i some-java.deb
fi
if command -v larchd >/dev/null; then
    fail "already installed"
fi
apt-get -q -y install ./larch.deb
must [ "$(owner /var/lib/larch)" = larch:larch:700 ]
must [ "$(getent passwd larch | cut -d: -f6)" = /var/lib/larch ]
must are_classes_archived
must [ "$(owner /var/cache/larch)" = root:root:755 ]
must [ -L /etc/systemd/system/multi-user.target.wants/larch.service ]
# Small systems do without manuals and documents.
dpkg-deb -c larch.deb >contents
for page in man/man8/larchd.8.gz man/man1/larchctl.1.gz doc/larch/docs/coming-from-etcd.md; do
    must grep -q " \./usr/share/$page\$" contents
done
completion=/usr/share/bash-completion/completions/larchctl
must [ "$(bash -c ". $completion && complete -p larchctl" | sed 's/.* //')" = larchctl ]
if command -v systemd-analyze >/dev/null; then
    said=$(systemd-analyze --man=no verify /usr/lib/systemd/system/larch.service 2>&1) || fail "$said"
    must [ -z "$said" ]
fi

step serve
serve
must [ "$(larchctl get key)" = value ]
must_not grep -e "unrecognized environment" -e "preparing" /packages/log
must grep -q "name = host" /packages/log
must [ -d /var/lib/larch/default/member ]
must_not [ -e /var/lib/larch/.cache ]
# runuser hands signals on.
kill "$member"
wait "$member" || true

step "another Java"
rm /var/cache/larch/larchctl-*
java_package another-java "$1"
dpkg -i another-java.deb
must are_classes_archived

step upgrade
dpkg-deb -R larch.deb newer
sed -i 's/^Version: .*/Version: 999/' newer/DEBIAN/control
dpkg-deb -Znone -b newer newer.deb
echo "#mine" >>/etc/default/larch
# As "systemctl disable" does.
rm /etc/systemd/system/multi-user.target.wants/larch.service
apt-get -q -y install ./newer.deb
must [ "$(dpkg-query -W -f '${Version}' larch)" = 999 ]
must grep -q "#mine" /etc/default/larch
must [ -d /var/lib/larch/default/member ]
must are_classes_archived
# What was switched off stays off.
must_not [ -e /etc/systemd/system/multi-user.target.wants/larch.service ]

step remove
apt-get -q -y remove larch
must_not command -v larchd
must_not [ -e /usr/share/larch ]
must_not [ -e /var/cache/larch ]
must [ -d /var/lib/larch/default/member ]
must [ -e /etc/default/larch ]

step purge
apt-get -q -y purge larch
must_not [ -e /etc/default/larch ]
must_not [ -e /var/lib/larch ]
must_not getent passwd larch
must_not getent group larch
must_not dpkg-query -W larch
step done
