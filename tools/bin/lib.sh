# shellcheck shell=sh
# What the launchers of this directory have in common. Each reads it first:
#
#   program=larchd
#   self=$0
#   if [ -h "$self" ] || [ "$self" = "${self##*/}" ]; then
#       self=$(readlink -f "$self")
#   fi
#   . "${self%/*}/lib.sh"
#
# They stand in tools/bin of the sources, or in bin of an installation, beside its lib. Leaves in $home
# the directory of the project or of the installation, in $lib that of the jars, in $jvm_args what
# every Java machine is started with.
#
# A start takes a few milliseconds for each process that the shell begins, so it does without where it can.

bin=$(cd "${self%/*}" && pwd -P)
jvm_args=@$bin/jvm.args
if [ -f "$bin/../lib/.built" ]; then
    home=${bin%/*}
    lib=$home/lib
    is_installed=yes
else
    home=${bin%/*/*}
    lib=$home/tools/target/lib
    is_installed=
fi

die() {
    echo "$program: $*" >&2
    exit 1
}

# --- Java -------------------------------------------------------------------------------------

# Reads what a Java home says of itself, which is faster than asking it: its version (17.0.15, ...) in
# $java_version and $feature (17), its modules in $modules, and all of that file in $release.
read_release() {
    java_version=
    modules=
    release=
    if [ -r "$1/release" ]; then
        while read -r line || [ -n "$line" ]; do
            release="$release $line"
            value=${line#*\"}
            case $line in
                'JAVA_VERSION="'*) java_version=${value%%\"*} ;;
                'MODULES="'*) modules=${value%%\"*} ;;
            esac
        done <"$1/release"
    fi
    if [ -z "$java_version" ]; then
        java_version=$("$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1)
    fi
    feature=${java_version%%[!0-9]*}
    feature=${feature:-0}
}

is_usable() {
    [ -x "$1/bin/java" ] && read_release "$1" && [ "$feature" -ge 17 ]
}

find_java() {
    java_home=${JAVA_HOME:-}
    if [ -n "$java_home" ] && is_usable "$java_home"; then
        return
    fi
    on_path=$(command -v java || true)
    if [ -n "$on_path" ]; then
        java_home=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
        java_home=${java_home%/*/*}
        if is_usable "$java_home"; then
            return
        fi
    fi
    for java_home in /usr/lib/jvm/*; do
        if is_usable "$java_home"; then
            return
        fi
    done
    java_home=
}

# Finds a Java: its home in $java_home, its version in $java_version and $feature, and in $allowed, to be split
# into words, what it must be told beyond $jvm_args.
use_java() {
    find_java
    [ -n "$java_home" ] || die "no JDK 17 or newer in JAVA_HOME, PATH or /usr/lib/jvm;" \
        "install one: apt-get install openjdk-17-jdk-headless"
    # Newer Javas warn of what Netty, Agrona and Chronicle do inside a Java machine unless they are
    # told that it is meant so; older ones do not know the options and would not start.
    allowed=
    if [ "$feature" -ge 22 ]; then
        allowed="--enable-native-access=ALL-UNNAMED"
    fi
    if [ "$feature" -ge 23 ]; then
        allowed="$allowed --sun-misc-unsafe-memory-access=allow"
    fi
}

# Chronicle, which keeps the tree, looks for the compiler and uses nothing of it; Javas without it exist,
# and tell in their file of which modules they are made.
need_compiler() {
    case " ${modules:-jdk.compiler} " in
        *" jdk.compiler "*) ;;
        *) die "$java_home lacks the module jdk.compiler; name a Java that has it in JAVA_HOME, or" \
            "install one: apt-get install openjdk-17-jre-headless" ;;
    esac
}

# --- Language ---------------------------------------------------------------------------------

# Names and paths are bytes to etcd, and here UTF-8, whatever the language of the caller; a plain
# container or a unit has none, and Java would lose all that is not ASCII. And what the system says
# of an error is English, as in etcd's log.
find_utf8() {
    language=C.UTF-8
    # Where there is no locale to ask, it is not glibc, and everything is UTF-8.
    if [ -d /usr/lib/locale/C.utf8 ] || ! command -v locale >/dev/null 2>&1; then
        return
    fi
    for language in C.UTF-8 en_US.UTF-8 $(locale -a 2>/dev/null | grep -i 'utf-\{0,1\}8$'); do
        if [ "$(LC_ALL=$language locale charmap 2>/dev/null)" = UTF-8 ]; then
            return
        fi
    done
    language=
}

use_utf8() {
    find_utf8
    if [ -n "$language" ]; then
        LC_ALL=$language
        export LC_ALL
    fi
    unset LANGUAGE
}

# --- End --------------------------------------------------------------------------------------

# A launcher that is ended takes with it what it has begun: a process in $child, a directory in $scratch.
child=
scratch=
end_by() { # SIGNAL
    trap '' HUP INT TERM
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    [ -z "$scratch" ] || rm -rf "$scratch"
    trap - "$1"
    kill -s "$1" $$
    exit 1
}

# Until the launcher becomes the program, which hears signals itself.
trap_signals() {
    trap 'end_by HUP' HUP
    trap 'end_by INT' INT
    trap 'end_by TERM' TERM
}

# Waits for a process that was begun, by then in $child; its status.
await() {
    child=$1
    status=0
    wait "$child" || status=$?
    child=
    return "$status"
}

# --- Build ------------------------------------------------------------------------------------

# Whether FILE is missing, or older than anything in the paths behind it.
is_older() { # FILE PATH...
    file=$1
    shift
    [ -f "$file" ] || return 0
    newer=$(find "$@" -newer "$file" 2>/dev/null | head -n 1)
    [ -n "$newer" ]
}

# Runs Maven; what it says is no output of the program's.
maven() { # ARGUMENT...
    [ -x "$java_home/bin/javac" ] || die "$java_home has no compiler, which the first start needs;" \
        "install one: apt-get install openjdk-17-jdk-headless"
    (
        cd "$home"
        export JAVA_HOME="$java_home" MAVEN_OPTS="${MAVEN_OPTS:-} $allowed"
        exec ./mvnw -q -B -Dspotless.check.skip=true "$@"
    ) >&2 </dev/null &
    await $! || die "the build failed"
}

# Builds if the first command says that it must be; programs started at the same time build once.
build_if() { # IS-STALE BUILD
    # Tests want what was built for them, whatever is edited meanwhile.
    [ -z "${LARCH_AS_BUILT:-}" ] || return 0
    "$1" || return 0
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$home/.larch-build.lock"
        flock 9
        if "$1"; then
            "$2"
        fi
        exec 9>&-
    else
        "$2"
    fi
}

# --- Programs of tools ------------------------------------------------------------------------

are_tools_stale() {
    [ -f "$lib/.built" ] || return 0
    # An installation without sources is never stale.
    [ -d "$home/engine/src" ] || return 1
    is_older "$lib/.built" "$home/pom.xml" "$home/engine/pom.xml" "$home/transport/pom.xml" \
        "$home/http/pom.xml" "$home/tools/pom.xml" "$home/engine/src/main" \
        "$home/transport/src/main" "$home/http/src/main" "$home/tools/src/main"
}

build_tools() {
    echo "$program: building (once)..." >&2
    maven -DskipTests -pl tools -am package
}

# Puts jars behind those of $class_path, but for the ones that are among them.
add_jars() { # JAR...
    for jar in "$@"; do
        case :$class_path: in
            *":$jar:"*) ;;
            *) class_path=$class_path${class_path:+:}$jar ;;
        esac
    done
}

# Builds the jars if the sources are newer; the class path in $class_path. It begins with $light_path,
# which is all that commands on keys, members and the like need: Java opens all jars before the one in
# which it finds a class, and every one there is for a class that picocli looks for at each start in vain.
use_tools() {
    build_if are_tools_stale build_tools
    class_path=
    add_jars "$lib"/larch-tools-*.jar "$lib"/picocli-*.jar "$lib"/jackson-core-*.jar "$lib"/jackson-jr-objects-*.jar \
        "$lib"/slf4j-api-*.jar "$lib"/netty-common-*.jar "$lib"/netty-handler-*.jar "$lib"/netty-tcnative-classes-*.jar
    light_path=$class_path
    add_jars "$lib"/*.jar
}

# --- Archive of classes -----------------------------------------------------------------------

# Finds the archive of the classes that this program loads, made once per build and Java: its file in
# $archive, the directory in $archives, which may be neither there nor writable. An installation has
# its own for all; who may not write to it, and finds none there, keeps one of their own. The name
# tells for which jars, in which place, and for which Java the archive is good.
use_archive() {
    java_name=${java_home##*/}
    if [ -z "$is_installed" ]; then
        archives=$home/tools/target
        archive=$archives/$program-$java_name.jsa
        return
    fi
    read -r built <"$lib/.built" || true
    # A busybox may have only the other one.
    key=$(echo "$built $lib $java_home $release" | { cksum 2>/dev/null || sha256sum; })
    name=$program-$java_name.${key%% *}.jsa
    archives=$home/cache
    archive=$archives/$name
    [ ! -e "$archive" ] || return 0
    mkdir "$archives" 2>/dev/null || true
    [ ! -w "$archives" ] || return 0
    of_user=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    [ -n "$of_user" ] || return 0
    archives=$of_user/larch
    archive=$archives/$name
    mkdir -p "$archives" 2>/dev/null || true
}

# Whether the archive is still to be made, and may be.
is_archive_missing() {
    [ -w "$archives" ] && { [ ! -e "$archive" ] || [ "$lib/.built" -nt "$archive" ]; }
}

# Removes what is left of launchers that were killed while they made an archive.
remove_left_scratch() {
    for left in "$archives"/training.*; do
        if [ -d "$left" ] && [ -w "$left" ] && ! kill -0 "${left##*.}" 2>/dev/null; then
            rm -rf "$left"
        fi
    done
}

# A directory in $scratch to make an archive in, if there can be one.
make_scratch() {
    scratch=$archives/training.$$
    # In a container the one that was killed may have had the same number.
    rm -rf "$scratch"
    mkdir "$scratch" 2>/dev/null
}

# Puts a new archive in place; those of other builds for the same Java are of no more use. One that is
# empty is none, for Java as well, and is not tried again until the next build.
keep_archive() { # FILE IN $scratch
    [ -s "$1" ] || : >"$1"
    [ -z "$is_installed" ] || rm -f "$archives/$program-$java_name."*.jsa
    mv -f "$1" "$archive"
    rm -rf "$scratch"
    scratch=
}

# --- Programs among the engine's tests --------------------------------------------------------

class_path_file=$home/engine/target/$program.classpath

build_engine_tests() {
    echo "$program: building..." >&2
    maven -pl engine test-compile dependency:build-classpath -Dmdep.includeScope=test \
        -Dmdep.outputFile="$class_path_file.new"
    mv -f "$class_path_file.new" "$class_path_file"
}

# Builds the engine's test classes if `is_stale`, which the caller defines, says so; the class path in
# $class_path.
use_engine_tests() {
    build_if is_stale build_engine_tests
    class_path=$home/engine/target/test-classes:$home/engine/target/classes:$(cat "$class_path_file")
}
