#!/bin/sh
# Makes an image for containers without an engine of containers and without a registry: an archive that
# "docker load" and "podman load" take. Called by the build (./mvnw -Pimage), with JAVA_HOME a JDK, as
#
#   make.sh BIN LIB BUILT VERSION TIME WORK IMAGE
#
# BIN and LIB are the launchers and the jars, BUILT what becomes lib/.built, TIME what all files are
# dated with, WORK a directory to work in, IMAGE the archive. Packages of Debian come by apt-get, with
# the lists that the machine has. Who is not root needs user namespaces: programs are started in the
# image to archive their classes.
set -eu
umask 022
export LC_ALL=C

bin=$1
lib=$2
built=$3
version=$4
time=$5
work=$6
image=$7
here=$(cd "$(dirname "$0")" && pwd)
jdk=${JAVA_HOME:?}
seconds=$(date -u -d "$time" +%s)

die() {
    echo "image: $*" >&2
    exit 1
}

for program in apt-get apt-cache dpkg-deb tar unshare chroot; do
    command -v "$program" >/dev/null || die "needs $program; Debian and what descends from it have it"
done
architecture=$(dpkg --print-architecture)
[ "$architecture" = amd64 ] || die "is for amd64 only, as the libraries of Netty are"
[ -d "$jdk/jmods" ] || die "$jdk has no modules to link (jmods)"

layers="base runtime dependencies larch classes"
rm -rf "$work/layers" "$work/root" "$work/archive"
for layer in $layers; do
    mkdir -p "$work/layers/$layer"
done
base=$work/layers/base
runtime=$work/layers/runtime/usr/lib/jvm/java
dependencies=$work/layers/dependencies
larch=$work/layers/larch/opt/larch

# --- Base: what a Java machine and the launchers need of Debian ---------------------------------
# busybox is the shell; the licences of libgcc and libstdc++ lie in gcc-...-base.
packages="base-files busybox ca-certificates libc-bin libc6 libgcc-s1 libstdc++6 zlib1g
    $(apt-cache depends libgcc-s1 | sed -n 's/.*Depends: \(gcc-[0-9]*-base\)$/\1/p' | head -n 1)"
mkdir -p "$work/packages"
(
    cd "$work/packages"
    # shellcheck disable=SC2086  # a list
    apt-get -qq -o APT::Sandbox::User=root download $packages
) || die "cannot download Debian's packages; are the lists new (apt-get update)?"

for directory in bin sbin lib lib64; do
    mkdir -p "$base/usr/$directory"
    ln -s "usr/$directory" "$base/$directory"
done
mkdir -p "$base/var/lib/dpkg/status.d"
for package in $packages; do
    # The newest, if a directory that was worked in before has several.
    # shellcheck disable=SC2012  # names of packages are plain
    file=$(ls -t "$work/packages/${package}_"*.deb | head -n 1)
    dpkg-deb --fsys-tarfile "$file" | tar -xp --keep-directory-symlink --no-same-owner -C "$base"
    # Where scanners look for packages in an image that has no dpkg.
    dpkg-deb --field "$file" >"$base/var/lib/dpkg/status.d/$package"
done

mkdir -p "$base/etc/ssl/certs"
cat "$base"/usr/share/ca-certificates/mozilla/*.crt >"$base/etc/ssl/certs/ca-certificates.crt"
cp "$base/usr/share/libc-bin/nsswitch.conf" "$base/etc/nsswitch.conf"
cp "$here/passwd" "$here/group" "$base/etc/"
for command in $("$base/bin/busybox" --list-full); do
    case $command in
        bin/* | usr/bin/*) target=busybox ;;
        sbin/* | usr/sbin/*) target=../bin/busybox ;;
        *) continue ;;
    esac
    [ -e "$base/$command" ] || ln -s "$target" "$base/$command"
done
# Of all charsets Java knows itself; of libc-bin only the locale is needed.
rm -rf "$base"/usr/lib/*/gconv "$base"/usr/share/gcc "$base"/usr/share/gdb \
    "$base"/usr/share/initramfs-tools "$base"/usr/share/man "$base"/usr/share/locale \
    "$base"/usr/share/lintian "$base"/usr/share/bug "$base"/usr/share/info "$base"/usr/share/libc-bin \
    "$base"/usr/share/base-files "$base"/usr/share/ca-certificates "$base"/etc/update-motd.d \
    "$base"/etc/ca-certificates "$base"/etc/default "$base"/etc/kernel "$base"/var/local
(
    cd "$base"
    rm -f sbin/ldconfig sbin/update-ca-certificates usr/sbin/iconvconfig usr/sbin/zic
    for command in getconf iconv ldd ld.so locale localedef pldd tzselect zdump; do
        rm -f "usr/bin/$command"
    done
    find usr/share/doc -type f ! -name copyright -delete
    find usr/share/doc -type l ! -name 'libgcc*' ! -name 'libstdc*' -delete
)
for directory in dev etc home opt proc root run sys tmp var/tmp var/lib/larch; do
    mkdir -p "$base/$directory"
done
chmod 1777 "$base/tmp" "$base/var/tmp"
chmod 700 "$base/var/lib/larch"

# --- Runtime: the modules that Larch's classes name, and those found only when it runs ----------
# java.logging, jdk.unsupported: libraries. jdk.compiler: Chronicle looks for it and uses nothing of it.
# jdk.crypto.ec: elliptic curves of TLS. jdk.jcmd, jdk.jfr: to look into a running member.
# jdk.naming.dns: discovery by SRV records. What else libraries could do with more is left out.
named=$("$jdk/bin/jdeps" --ignore-missing-deps --multi-release 17 --no-recursive --print-module-deps \
    --class-path "$lib/*" "$lib"/larch-*.jar)
mkdir -p "${runtime%/*}"
"$jdk/bin/jlink" --module-path "$jdk/jmods" --output "$runtime" --vm=server --no-header-files --no-man-pages \
    --exclude-files='**/lib/ct.sym,**/bin/javac,**/bin/serialver' \
    --add-modules "$named,java.logging,jdk.compiler,jdk.crypto.ec,jdk.jcmd,jdk.jfr,jdk.naming.dns,jdk.unsupported"
"$jdk/bin/java" -Dkeystore.pkcs12.certProtectionAlgorithm=NONE -Dkeystore.pkcs12.macAlgorithm=NONE \
    -cp "$lib/*" io.larch.tools.build.Authorities \
    "$base/etc/ssl/certs/ca-certificates.crt" "$runtime/lib/security/cacerts"

# --- Dependencies: jars, and what they else unpack at each start ---------------------------------
mkdir -p "$dependencies/opt/larch/lib" "$dependencies/usr/lib" "$larch/lib" "$larch/bin" "$work/unpacked"
cp "$lib"/*.jar "$dependencies/opt/larch/lib"
rm "$dependencies"/opt/larch/lib/larch-*.jar
(
    cd "$work/unpacked"
    for jar in "$lib"/netty-*-linux-x86_64.jar "$lib"/jna-*.jar; do
        "$jdk/bin/jar" -xf "$jar" META-INF/native com/sun/jna/linux-x86-64
    done
)
cp "$work"/unpacked/META-INF/native/*.so "$work"/unpacked/com/sun/jna/linux-x86-64/*.so "$dependencies/usr/lib"
rm -r "$work/unpacked"

# --- Larch ----------------------------------------------------------------------------------------
for program in larchd larchctl larch-dump larch-stat; do
    cp "$bin/$program" "$larch/bin"
    chmod 755 "$larch/bin/$program"
done
cp "$bin/lib.sh" "$larch/bin"
{
    cat "$bin/jvm.args"
    printf '\n# Where its library is unpacked.\n-Djna.boot.library.path=/usr/lib\n'
} >"$larch/bin/jvm.args"
cp "$lib"/larch-*.jar "$larch/lib"
cp "$built" "$larch/lib/.built"

# --- Archives of classes ---------------------------------------------------------------------------
# Made in the image, for they are good only for jars of one place and one date. Java makes no two that are
# the same, so they have a layer of their own.
find "$work/layers" -exec touch -h -d "@$seconds" {} +
root=$work/root
mkdir "$root"
for layer in $layers; do
    cp -al "$work/layers/$layer/." "$root"
done
mkdir -p "$root/opt/larch/cache"
namespaces="--mount --pid --fork --kill-child"
[ "$(id -u)" = 0 ] || namespaces="$namespaces --user --map-root-user"
# shellcheck disable=SC2086  # options are meant to be split
unshare $namespaces sh -euc '
    root=$1
    mount --rbind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/tmp"
    in_image() {
        chroot "$root" /usr/bin/env -i PATH="/opt/larch/bin:/usr/lib/jvm/java/bin:/usr/bin:/bin" "$@"
    }
    # By the one collector that also archives objects, whatever the machine has.
    in_image java -Xshare:dump -XX:+UseG1GC -Xmx128m -Xms128m
    touch -d "@$2" "$root/usr/lib/jvm/java/lib/server/classes.jsa"
    in_image larchd --version
    in_image larchctl --version
' sh "$root" "$seconds" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    die "programs do not run in the image (who is not root needs user namespaces)"
}
for program in larchd larchctl; do
    [ -n "$(find "$root/opt/larch/cache" -name "$program-*.jsa" -size +0)" ] || {
        cat "$work/log" >&2
        die "the classes of $program were not archived"
    }
done
for archive in usr/lib/jvm/java/lib/server/classes.jsa opt/larch/cache; do
    mkdir -p "$work/layers/classes/${archive%/*}"
    mv "$root/$archive" "$work/layers/classes/${archive%/*}"
done
chmod -R a+rX,u+w "$work/layers/classes"
rm -rf --one-file-system "$root"

# --- The archive ----------------------------------------------------------------------------------
mkdir "$work/archive"
pack() { # TAR ARGUMENT...
    tar --format=gnu --sort=name --mtime="@$seconds" --numeric-owner "$@"
}
ids=
history=
paths=
for layer in $layers; do
    tar=$work/$layer.tar
    pack --owner=0 --group=0 --exclude=./var/lib/larch -C "$work/layers/$layer" -cf "$tar" .
    if [ "$layer" = base ]; then
        pack --owner=10001 --group=10001 -C "$base" -rf "$tar" ./var/lib/larch
    fi
    id=$(sha256sum "$tar" | cut -d' ' -f1)
    gzip -n <"$tar" >"$work/archive/$id.tar.gz"
    echo "image: layer $layer: $(stat -c %s "$tar") bytes, packed $(stat -c %s "$work/archive/$id.tar.gz")"
    rm "$tar"
    ids=$ids${ids:+, }\"sha256:$id\"
    paths=$paths${paths:+, }\"$id.tar.gz\"
    history="$history${history:+, }{\"created\": \"$time\", \"created_by\": \"$layer\"}"
done
sed -e "s|@created@|$time|" -e "s|@architecture@|$architecture|" -e "s|@version@|$version|" \
    -e "s|@layers@|$ids|" -e "s|@history@|$history|" "$here/config.json" >"$work/config.json"
config=$(sha256sum "$work/config.json" | cut -d' ' -f1).json
cp "$work/config.json" "$work/archive/$config"
printf '[{"Config": "%s", "RepoTags": ["larch:latest", "larch:%s"], "Layers": [%s]}]\n' \
    "$config" "$version" "$paths" >"$work/archive/manifest.json"
pack --owner=0 --group=0 -C "$work/archive" -cf "$image" manifest.json "$config" $(cd "$work/archive" && ls ./*.tar.gz)
rm -r "$work/archive"
