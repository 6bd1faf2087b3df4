#!/usr/bin/env bash
# Python's aiosmtpd on 127.0.0.1:PORT, the mail exchanger of receiver.example, with bob@, carol@ and postmaster@.
#
#   aiosmtpd.sh start DIR PORT [OPTION...]     aiosmtpd.sh stop DIR     aiosmtpd.sh python
#
# The options go to aiosmtpd_server.py (--greylist, --starttls, --auth USER …). `python` prints an interpreter that
# has
# the module, after making sure of it.

# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
here=$(cd "$(dirname "$0")" && pwd)
environment=$lab_cache/python

need_aiosmtpd() {
    "$environment/bin/python" -c 'import aiosmtpd' 2>/dev/null && return
    rm -rf "$environment"
    mkdir -p "$lab_cache"
    # Debian's Python has venv without the part that makes one until python3-venv is installed.
    if ! python3 -m venv "$environment" >/dev/null 2>&1; then
        need_packages python3 python3-venv
        rm -rf "$environment"
        python3 -m venv "$environment"
    fi
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 'aiosmtpd>=1.4.6,<2' \
        && return
    complain "PyPI cannot be reached; taking Debian's older aiosmtpd"
    need_packages python3-aiosmtpd python3-venv
    rm -rf "$environment"
    /usr/bin/python3 -m venv --system-site-packages "$environment"
}

if [[ ${1:-} == python ]]; then
    need_aiosmtpd
    echo "$environment/bin/python"
    exit
fi
read_arguments "$@"
pid_file=$dir/aiosmtpd.pid
log=$dir/aiosmtpd.log

start() {
    need_aiosmtpd
    if is_running "$pid_file" aiosmtpd_server.py; then wait_for_greeting "$port"; return; fi
    if is_listening "$port"; then fail "127.0.0.1:$port is taken"; fi
    mkdir -p "$dir/mail"
    need_certificate "$dir"
    start_daemon "$pid_file" "$log" "$environment/bin/python" "$here/aiosmtpd_server.py" "$port" \
        --maildir "$dir/mail" --certificate "$dir/cert.pem" --key "$dir/key.pem" "${rest[@]}"
    wait_for_greeting "$port" "$log"
}

stop() {
    end_process "$pid_file" aiosmtpd_server.py
}

"$action"
if [[ $action == start ]]; then say_started "$dir/mail"; fi
