#!/usr/bin/env bash
# A world of two network namespaces with nothing else in it. In the near one a name server is at 127.0.0.1:53, for which
# every domain has the exchangers given, most preferred first; whatever leaves it goes over one pair of virtual devices to
# the far one. There smtp-sink is at port 25 of 203.0.113.25 and 203.0.113.26 (RFC 5737), and 203.0.113.27 to
# 203.0.113.29 are addresses to which packets go and from which nothing ever comes. What the sinks were given lies in
# DIR/mails, a file a mail.
#
#   far_world.sh start DIR ADDRESS...     far_world.sh stop DIR
#
# Prints the names of the namespaces; the device of the near one has its name, that of the far one too. Needs root and
# Debian's postfix, iproute2 and python3.
set -euo pipefail
action=$1
dir=$2
here=$(cd "$(dirname "$0")" && pwd)

start() {
    local name address
    name=$(printf 'ehlo%04x' "$RANDOM")
    mkdir -p "$dir/mails"
    chmod 777 "$dir" "$dir/mails"
    echo "$name" >"$dir/name"
    ip netns add "${name}n"
    ip netns add "${name}f"
    # IPv6 would look for neighbours unasked.
    for side in n f; do
        ip netns exec "$name$side" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    done
    ip -n "${name}n" link add "${name}n" type veth peer name "${name}f" netns "${name}f"
    for side in n f; do
        ip -n "$name$side" link set lo up
        ip -n "$name$side" link set "$name$side" up
    done
    ip -n "${name}n" addr add 203.0.113.1/24 dev "${name}n"
    ip -n "${name}n" route add default via 203.0.113.25
    for address in 25 26; do ip -n "${name}f" addr add "203.0.113.$address/24" dev "${name}f"; done
    # Nobody has this hardware address, so nobody takes what is sent to it.
    for address in 27 28 29; do
        ip -n "${name}n" neigh add "203.0.113.$address" lladdr 02:00:00:00:00:01 dev "${name}n" nud permanent
    done
    for address in 25 26; do
        (cd "$dir/mails" && exec ip netns exec "${name}f" /usr/sbin/smtp-sink -u root -d "$address-%H%M%S." \
            "203.0.113.$address:25" 100) >"$dir/sink$address.log" 2>&1 &
        echo $! >>"$dir/pids"
    done
    (exec ip netns exec "${name}n" python3 "$here/names.py" --port 53 "$@") \
        <>"$dir/names.in" >"$dir/names.log" 2>&1 &
    echo $! >>"$dir/pids"
    for _ in $(seq 100); do
        if [[ -s $dir/names.log ]] && open "$name" 25 && open "$name" 26; then
            echo "${name}n ${name}f"
            return
        fi
        sleep 0.1
    done
    cat "$dir"/*.log >&2
    echo "far_world.sh: not all of it came up" >&2
    return 1
}

open() { ip netns exec "${1}n" bash -c "exec 3<>/dev/tcp/203.0.113.$2/25" 2>/dev/null; }

stop() {
    local name pid
    for pid in $(cat "$dir/pids" 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
    name=$(cat "$dir/name" 2>/dev/null) || return 0
    ip netns del "${name}n" 2>/dev/null || true
    ip netns del "${name}f" 2>/dev/null || true
}

case $action in
start)
    shift 2
    mkdir -p "$dir"
    # A pipe that nobody writes to: the name server ends with its standard input.
    mkfifo "$dir/names.in"
    start "$@" || { stop; exit 1; }
    ;;
stop) stop ;;
esac
