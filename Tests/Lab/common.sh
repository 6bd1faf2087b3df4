# shellcheck shell=bash disable=SC2034
# What the scripts of this folder share: packages, certificates, processes, waiting. Sourced, never run.
#
# Every server takes the same words, `NAME.sh start|stop DIR PORT`, keeps all it writes below DIR, listens on 127.0.0.1
# alone and is meant for a throw-away Debian 12 machine or container: it runs as root and does not need systemd.
# EHLO_LAB_CACHE names the folder for unpacked packages and the Python environment.

set -euo pipefail

lab_cache=${EHLO_LAB_CACHE:-/var/cache/ehlo-lab}
lab_host=mx.receiver.example
lab_domain=receiver.example

complain() {
    echo "${0##*/}: $*" >&2
}

fail() {
    complain "$*"
    exit 1
}

# Reads `start|stop DIR PORT` into action, dir and port; the folder becomes absolute and readable by the server's user.
# `stop` needs no port. What follows them stands in the array rest.
read_arguments() {
    action=${1:-}
    dir=${2:-}
    port=${3:-}
    rest=("${@:4}")
    case $action in
    start) [[ -n $dir && $port =~ ^[0-9]+$ ]] || fail "usage: ${0##*/} start DIR PORT" ;;
    stop) [[ -n $dir ]] || fail "usage: ${0##*/} stop DIR" ;;
    *) fail "usage: ${0##*/} start|stop DIR PORT" ;;
    esac
    [[ $(id -u) -eq 0 ]] || fail "must run as root (mail servers change user)"
    if [[ $action == start ]]; then
        mkdir -p "$dir"
        dir=$(cd "$dir" && pwd)
        chmod 755 "$dir"
    elif [[ -d $dir ]]; then
        dir=$(cd "$dir" && pwd)
    else
        exit 0
    fi
}

# Runs apt-get quietly; when that fails the package lists may be missing (a new container), so it fetches them and
# tries again.
apt_get() {
    local options=(-qq -o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root)
    export DEBIAN_FRONTEND=noninteractive
    apt-get "${options[@]}" "$@" >/dev/null 2>&1 && return
    apt-get "${options[@]}" update >/dev/null
    apt-get "${options[@]}" "$@" >/dev/null
}

# Installs those of the packages that are not installed yet.
need_packages() {
    local package missing=()
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
    done
    [[ ${#missing[@]} -eq 0 ]] || apt_get install -y --no-install-recommends "${missing[@]}"
}

# Unpacks a package into the cache without installing it, since Debian allows only one mail server to be installed.
# Prints the folder that stands for the root of the file system.
unpacked() {
    local package=$1 root=$lab_cache/$1
    if [[ ! -f $root/.complete ]]; then
        rm -rf "$root"
        mkdir -p "$root"
        (cd "$root" && apt_get download "$package" && dpkg -x "$package"_*.deb . && rm -f "$package"_*.deb)
        chmod 755 "$lab_cache" "$root"
        touch "$root/.complete"
    fi
    echo "$root"
}

# A self-signed certificate and its key, DIR/cert.pem and DIR/key.pem, made once a folder.
need_certificate() {
    [[ -f $1/cert.pem && -f $1/key.pem ]] && return
    command -v openssl >/dev/null || need_packages openssl
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1/key.pem" -out "$1/cert.pem" -days 30 \
        -subj "/CN=$lab_host" -addext "subjectAltName=DNS:$lab_host" 2>/dev/null
    chmod 644 "$1/cert.pem"
    chmod 600 "$1/key.pem"
}

# The first line a server says on a port, or nothing.
banner() {
    local line=
    # QUIT is only sent after the greeting: a server that checks for early talkers would refuse us.
    {
        IFS= read -r -t 5 line <&3 && printf 'QUIT\r\n' >&3
        cat <&3 >/dev/null
    } 3<>"/dev/tcp/127.0.0.1/$1" 2>/dev/null || true
    printf '%s' "${line%$'\r'}"
}

# Waits up to 20 s until a server greets with 220; on failure shows the end of its log.
wait_for_greeting() {
    local port=$1 log=${2:-} line=
    for _ in {1..100}; do
        line=$(banner "$port" 2>/dev/null)
        [[ $line == 220* ]] && return
        sleep 0.2
    done
    complain "no greeting on 127.0.0.1:$port"
    [[ -n $log && -f $log ]] && tail -n 20 "$log" >&2
    return 1
}

# True when something listens on the port.
is_listening() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# True when the file names a process that lives and whose command line contains the given words.
is_running() {
    local id
    [[ -f $1 ]] || return 1
    id=$(tr -dc '0-9' <"$1")
    [[ -n $id && -r /proc/$id/cmdline ]] && tr '\0' ' ' <"/proc/$id/cmdline" | grep -qF -- "$2"
}

# Ends the process a file names, if it is ours by its command line, and waits for it: politely, after 10 s by force.
end_process() {
    local file=$1 words=$2 id
    is_running "$file" "$words" || { rm -f "$file"; return 0; }
    id=$(tr -dc '0-9' <"$file")
    kill "$id" 2>/dev/null || true
    for _ in {1..50}; do
        # A process that nobody waited for has an empty command line.
        is_running "$file" "$words" || break
        sleep 0.2
    done
    if is_running "$file" "$words"; then kill -9 "$id" 2>/dev/null || true; fi
    rm -f "$file"
}

# Starts a command as a daemon of its own session: FILE gets its process id, LOG what it says.
start_daemon() {
    local file=$1 log=$2
    shift 2
    setsid "$@" </dev/null >>"$log" 2>&1 &
    echo $! >"$file"
}

# The last words of every `start`: what answers where, for people and for scripts.
say_started() {
    echo "banner: $(banner "$port")"
    echo "server: 127.0.0.1:$port"
    [[ -z ${1:-} ]] || echo "maildir: $1"
}
