#!/usr/bin/env bash
# Postfix's smtp-sink on 127.0.0.1:PORT: takes any mail for anybody and throws it away.
#
#   smtp_sink.sh start DIR PORT [OPTION...]     smtp_sink.sh stop DIR
#
# The options are smtp-sink's own, such as `-q rcpt` (answer RCPT with 500) or `-h NAME`; Postfix need not be installed.

# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
read_arguments "$@"
pid_file=$dir/smtp-sink.pid

start() {
    local sink=/usr/sbin/smtp-sink
    if [[ ! -x $sink ]]; then
        sink=$(unpacked postfix)/usr/sbin/smtp-sink
        LD_LIBRARY_PATH=$lab_cache/postfix/usr/lib/postfix
        export LD_LIBRARY_PATH
    fi
    if is_running "$pid_file" smtp-sink; then wait_for_greeting "$port"; return; fi
    if is_listening "$port"; then fail "127.0.0.1:$port is taken"; fi
    start_daemon "$pid_file" "$dir/smtp-sink.log" "$sink" -u nobody -h "$lab_host" "${rest[@]}" "127.0.0.1:$port" 1000
    wait_for_greeting "$port" "$dir/smtp-sink.log"
}

stop() {
    end_process "$pid_file" smtp-sink
}

"$action"
if [[ $action == start ]]; then say_started ""; fi
