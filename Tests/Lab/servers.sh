#!/usr/bin/env bash
# All servers at once, on ports that follow each other.
#
#   servers.sh start DIR [FIRST_PORT]     servers.sh stop DIR
#
# From FIRST_PORT (2601): Postfix, Exim, OpenSMTPD, aiosmtpd, aiosmtpd that greylists, smtp-sink; ten above the first,
# Postfix with postgrey.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
action=${1:-}
dir=${2:-}
first=${3:-2601}
[[ ($action == start || $action == stop) && -n $dir ]] || {
    echo "usage: ${0##*/} start|stop DIR [FIRST_PORT]" >&2
    exit 1
}
mkdir -p "$dir"
chmod 755 "$dir"
"$here/postfix.sh" "$action" "$dir/postfix" "$first" "$((first + 10))"
"$here/exim.sh" "$action" "$dir/exim" "$((first + 1))"
"$here/opensmtpd.sh" "$action" "$dir/opensmtpd" "$((first + 2))"
"$here/aiosmtpd.sh" "$action" "$dir/aiosmtpd" "$((first + 3))"
"$here/aiosmtpd.sh" "$action" "$dir/greylist" "$((first + 4))" --greylist
"$here/smtp_sink.sh" "$action" "$dir/sink" "$((first + 5))"
