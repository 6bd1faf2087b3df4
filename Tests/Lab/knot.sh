#!/usr/bin/env bash
# Knot DNS on 127.0.0.1:PORT, with the zones that the mail servers of this folder stand in.
#
#   knot.sh start DIR PORT     knot.sh stop DIR
#
# receiver.example has an exchanger at 127.0.0.1; null.example has a null MX (RFC 7505); bare.example has neither MX nor
# address; nosuch.receiver.example does not exist; for all other domains it answers REFUSED.

# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
read_arguments "$@"

zone() {
    local name=$1
    shift
    {
        printf '$ORIGIN %s.\n$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 127.0.0.1\n' "$name"
        printf '%s\n' "$@"
    } >"$dir/$name.zone"
    printf -- '- domain: %s\n  file: %s/%s.zone\n' "$name" "$dir" "$name" >>"$dir/knot.conf"
}

start() {
    need_packages knot
    is_running "$dir/process" knotd && return
    cat >"$dir/knot.conf" <<END
server:
  listen: 127.0.0.1@$port
  rundir: $dir
database:
  storage: $dir
log:
- target: stderr
  any: info
zone:
END
    zone receiver.example '@ MX 10 mx' 'mx A 127.0.0.1'
    zone null.example '@ MX 0 .'
    zone bare.example
    start_daemon "$dir/process" "$dir/knot.log" /usr/sbin/knotd -c "$dir/knot.conf"
    for _ in {1..50}; do
        is_listening "$port" && return
        sleep 0.2
    done
    tail "$dir/knot.log" >&2
    fail "did not start"
}

stop() {
    end_process "$dir/process" knotd
}

"$action"
if [[ $action == start ]]; then echo "server: 127.0.0.1:$port"; fi
