#!/usr/bin/env bash
# A host beyond this machine: a network namespace with smtp-sink at 203.0.113.25 (RFC 5737), reached over a pair of virtual
# network devices. What it was given lies in DIR/mails, a file a mail.
#
#   far_host.sh start DIR PORT     far_host.sh stop DIR
#
# Needs root and Debian's postfix and iproute2.
set -euo pipefail
action=$1
dir=$2
name=$(cat "$dir/far-name" 2>/dev/null || echo "ehlo$RANDOM")

start() {
    local port=$1
    mkdir -p "$dir/mails"
    chmod 777 "$dir" "$dir/mails"
    echo "$name" >"$dir/far-name"
    ip netns add "$name"
    ip link add "${name}h" type veth peer name "${name}f" netns "$name"
    ip addr add 203.0.113.1/24 dev "${name}h"
    ip link set "${name}h" up
    ip -n "$name" addr add 203.0.113.25/24 dev "${name}f"
    ip -n "$name" link set "${name}f" up
    ip -n "$name" link set lo up
    # A dump per mail, named by time.
    (cd "$dir/mails" && exec ip netns exec "$name" /usr/sbin/smtp-sink -u root -d %H%M%S. "203.0.113.25:$port" 100) \
        >"$dir/sink.log" 2>&1 &
    echo $! >"$dir/sink.pid"
    for _ in $(seq 100); do
        if (exec 3<>"/dev/tcp/203.0.113.25/$port") 2>/dev/null; then return; fi
        sleep 0.1
    done
    echo "far_host.sh: nobody listens at 203.0.113.25:$port" >&2
    return 1
}

stop() {
    [[ -f $dir/sink.pid ]] && kill "$(cat "$dir/sink.pid")" 2>/dev/null || true
    ip netns del "$name" 2>/dev/null || true
    ip link del "${name}h" 2>/dev/null || true
}

case $action in
start) start "$3" || { stop; exit 1; } ;;
stop) stop ;;
esac
