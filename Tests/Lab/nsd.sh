#!/usr/bin/env bash
# Debian's nsd on 127.0.0.1:PORT with domains for every case of RFC 5321 §5.1, all under `lab.example`:
#
#   equal       two exchangers with one preference        null     a null MX (RFC 7505)
#   implicit    no MX, an A record                        refuses  the first exchanger's host has nobody listening
#   v6          an exchanger with an IPv6 address only    many     so many exchangers that the answer needs TCP
#   nothing     a name with neither MX nor address        public   an exchanger with a private address
#   broken      a zone that cannot be loaded: SERVFAIL    absent   not there: NXDOMAIN
#
#   nsd.sh start DIR PORT     nsd.sh stop DIR
set -euo pipefail
action=$1
dir=$2

zone() {
    cat <<'ZONE'
$ORIGIN lab.example.
$TTL 60
@          SOA ns hostmaster 1 3600 600 86400 60
@          NS  ns
ns         A   127.0.0.1
mx1        A   127.0.0.1
mx2        A   127.0.0.2
nobody     A   127.0.0.9
six        AAAA ::1
inner      A   10.0.0.1
equal      MX  10 mx1
equal      MX  10 mx2
null       MX  0 .
implicit   A   127.0.0.1
refuses    MX  10 nobody
refuses    MX  20 mx1
v6         MX  10 six
public     MX  10 inner
nothing    TXT "no mail here"
many       MX  5 mx1
ZONE
    for number in $(seq 100 300); do
        echo "many MX $number a-rather-long-name-of-an-exchanger-$number"
    done
}

start() {
    local port=$1
    mkdir -p "$dir"
    zone >"$dir/lab.zone"
    echo 'this is no zone' >"$dir/broken.zone"
    cat >"$dir/nsd.conf" <<CONF
server:
    ip-address: 127.0.0.1
    port: $port
    username: ""
    chroot: ""
    zonesdir: "$dir"
    database: ""
    pidfile: "$dir/nsd.pid"
    xfrdfile: "$dir/xfrd.state"
    logfile: "$dir/nsd.log"
    zonelistfile: "$dir/zone.list"
    xfrdir: "$dir"
    server-count: 1
remote-control:
    control-enable: no
zone:
    name: lab.example
    zonefile: lab.zone
zone:
    name: broken.example
    zonefile: broken.zone
CONF
    /usr/sbin/nsd -c "$dir/nsd.conf"
    for _ in $(seq 100); do
        [[ -s $dir/nsd.pid ]] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        sleep 0.1
    done
    echo "nsd.sh: nobody listens at 127.0.0.1:$port" >&2
    cat "$dir/nsd.log" >&2 || true
    return 1
}

stop() { [[ -f $dir/nsd.pid ]] && kill "$(cat "$dir/nsd.pid")" 2>/dev/null || true; }

case $action in
start) start "$3" ;;
stop) stop ;;
esac
