#!/usr/bin/env bash
# Exim on 127.0.0.1:PORT, the mail exchanger of receiver.example, with mailboxes bob@, carol@ and postmaster@.
#
#   exim.sh start DIR PORT     exim.sh stop DIR
#
# nosuch@receiver.example is refused with 550, grey@receiver.example deferred with 451, both in words of this
# configuration;
# any other unknown recipient gets Exim's own "550 Unrouteable address".

# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
read_arguments "$@"
pid_file=$dir/exim.pid

write_configuration() {
    # Exim only trusts a configuration that belongs to root and that nobody else can write.
    cat >"$dir/exim.conf" <<END
primary_hostname = $lab_host
daemon_smtp_ports = $port
local_interfaces = 127.0.0.1
exim_path = $exim
exim_user = Debian-exim
exim_group = Debian-exim
deliver_drop_privilege = true
spool_directory = $dir/spool
log_file_path = $dir/log/%slog
pid_file_path = $pid_file
keep_environment =
host_lookup =
tls_advertise_hosts = *
tls_certificate = $dir/cert.pem
tls_privatekey = $dir/key.pem
domainlist local_domains = $lab_domain
acl_smtp_rcpt = at_rcpt
acl_smtp_data = accept

begin acl
at_rcpt:
  deny    message = relay not permitted
          !domains = +local_domains
  deny    local_parts = nosuch
          message = There is no mailbox \$local_part here
  defer   local_parts = grey
          message = greylisted, please try again in five minutes
  require verify = recipient
  accept

begin routers
boxes:
  driver = accept
  domains = +local_domains
  local_parts = bob : carol : postmaster
  transport = box

begin transports
box:
  driver = appendfile
  directory = $dir/mail/\${lookup{\$local_part}lsearch{$dir/boxes}}
  maildir_format
  create_directory
  delivery_date_add
  envelope_to_add
  return_path_add
END
    printf '%s\n' 'bob: bob' 'carol: carol' 'postmaster: postmaster' >"$dir/boxes"
    chmod 644 "$dir/exim.conf" "$dir/boxes"
}

start() {
    need_packages libgnutls-dane0 libidn12 libidn2-0 libnsl2 libpcre2-8-0 libdb5.3
    exim=$(unpacked exim4-daemon-light)/usr/sbin/exim4
    if is_running "$pid_file" exim4; then wait_for_greeting "$port"; return; fi
    if is_listening "$port"; then fail "127.0.0.1:$port is taken"; fi
    id Debian-exim >/dev/null 2>&1 || useradd -r -U -d /nonexistent -s /usr/sbin/nologin Debian-exim
    mkdir -p "$dir/spool" "$dir/log" "$dir/mail"
    need_certificate "$dir"
    chown -R Debian-exim: "$dir/spool" "$dir/log" "$dir/mail"
    chgrp Debian-exim "$dir/key.pem"
    chmod 640 "$dir/key.pem"
    write_configuration
    "$exim" -C "$dir/exim.conf" -bd -q30m >>"$dir/start.log" 2>&1 || {
        tail "$dir/start.log" >&2
        fail "did not start"
    }
    wait_for_greeting "$port" "$dir/log/mainlog"
}

stop() {
    end_process "$pid_file" exim4
}

"$action"
if [[ $action == start ]]; then say_started "$dir/mail"; fi
