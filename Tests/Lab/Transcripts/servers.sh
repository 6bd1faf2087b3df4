#!/usr/bin/env bash
# Makes the fixtures of Tests/InterchangeTests/Transcripts whose tools are mail servers. Runs as root on a throw-away machine.
# servers.sh FOLDER: Exim and OpenSMTPD are unpacked, not installed, as in the folder above.
set -u
here=$(cd "$(dirname "$0")" && pwd)
lab=$(dirname "$here")
out=$1
work=$(mktemp -d)
chmod 755 "$work"
mkdir -p "$out"
. "$lab/common.sh"
set +e
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
peer() { # NAME OPTIONS…: starts peer.py and prints its port
    local name=$1
    shift
    rm -f "$work/port"
    python3 "$here/peer.py" "$out/$name.ehlo" "$@" --port-file "$work/port" >/dev/null 2>&1 &
    for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
    cat "$work/port"
}
mail() { printf 'From: alice@sender.example\nTo: bob@receiver.example\nSubject: Tea\n\nHello Bob,\n.dotted\n'; }

postfix_logs() {
    local port peer_port
    port=$(free_port)
    "$lab/postfix.sh" start "$work/postfix" "$port" >/dev/null || return
    # The server's view: smtpd with -v.
    postconf -c "$work/postfix/etc" -e 'debug_peer_list = 127.0.0.1' 'debug_peer_level = 2'
    postfix -c "$work/postfix/etc" reload 2>/dev/null
    sleep 2
    : >"$work/mark"
    local before=$(wc -l <"$work/postfix/postfix.log")
    python3 "$here/wire_tap.py" "$out/postfix-smtpd.ehlo" "$port" "$here/server.script"
    sleep 2
    tail -n +$((before + 1)) "$work/postfix/postfix.log" | grep 'postfix/smtpd\[' >"$out/postfix-smtpd.txt"
    # The client's view: smtp, to a peer that records.
    peer_port=$(peer postfix-smtp)
    postconf -c "$work/postfix/etc" -e "default_transport = smtp:[127.0.0.1]:$peer_port" "virtual_mailbox_domains =" "relayhost ="
    postfix -c "$work/postfix/etc" reload 2>/dev/null
    sleep 2
    before=$(wc -l <"$work/postfix/postfix.log")
    mail | sendmail -C "$work/postfix/etc" -f alice@sender.example bob@receiver.example
    sleep 5
    tail -n +$((before + 1)) "$work/postfix/postfix.log" | grep 'postfix/smtp\[' >"$out/postfix-smtp.txt"
    "$lab/postfix.sh" stop "$work/postfix" >/dev/null
}

exim_logs() {
    local root config port peer_port
    root=$(unpacked exim4-daemon-light)
    id Debian-exim >/dev/null 2>&1 || useradd -r -d /nonexistent -s /usr/sbin/nologin Debian-exim
    mkdir -p "$work/exim/spool" "$work/exim/mail"
    chown -R Debian-exim: "$work/exim"
    port=$(free_port)
    peer_port=$(peer exim-client)
    config=$work/exim.conf
    cat >"$config" <<END
primary_hostname = mx.receiver.example
daemon_smtp_ports = $port
local_interfaces = 127.0.0.1
spool_directory = $work/exim/spool
log_file_path = $work/exim/%slog
pid_file_path = $work/exim/pid
exim_path = $root/usr/sbin/exim4
exim_user = Debian-exim
exim_group = Debian-exim
trusted_users = root
qualify_domain = sender.example
acl_smtp_rcpt = check_rcpt
acl_smtp_data = accept
begin acl
check_rcpt:
  deny local_parts = nosuch
       message = 5.1.1 No such user
  accept
begin routers
inbox:
  driver = accept
  domains = receiver.example
  condition = \${if eq{\$sender_host_address}{}{no}{yes}}
  transport = box
out:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = remote
begin transports
box:
  driver = appendfile
  file = $work/exim/mail/box
  user = Debian-exim
remote:
  driver = smtp
  port = $peer_port
  helo_data = client.example
  allow_localhost
END
    chmod 644 "$config"
    local exim=$root/usr/sbin/exim4
    mail | timeout 20 "$exim" -C "$config" -d-all+transport+deliver -odi -f alice@sender.example bob@receiver.example >"$out/exim-client.txt" 2>&1
    peer_port=$(peer exim-client-v)
    sed -i "s/  port = .*/  port = $peer_port/" "$config"
    mail | timeout 20 "$exim" -C "$config" -v -odi -f alice@sender.example bob@receiver.example >"$out/exim-client-v.txt" 2>&1
    timeout 60 "$exim" -C "$config" -bdf -d+timestamp+pid >"$out/exim-server.txt" 2>&1 &
    wait_for_greeting "$port" >/dev/null
    local before
    before=$(wc -l <"$out/exim-server.txt")
    python3 "$here/wire_tap.py" "$out/exim-server.ehlo" "$port" "$here/server.script"
    sleep 2
    kill "$(cat "$work/exim/pid")" 2>/dev/null
    sed -i "1,${before}d" "$out/exim-server.txt"
}

opensmtpd_logs() {
    local port log before
    port=$(free_port)
    "$lab/opensmtpd.sh" start "$work/opensmtpd" "$port" >/dev/null || return
    "$lab/opensmtpd.sh" stop "$work/opensmtpd"
    # As `smtpctl trace smtp` has it, from the start.
    log=$work/opensmtpd/trace.log
    start_daemon "$work/opensmtpd/smtpd.pid" "$log" "$(unpacked opensmtpd)/usr/sbin/smtpd" -d -T smtp -f "$work/opensmtpd/smtpd.conf"
    wait_for_greeting "$port" >/dev/null
    before=$(wc -l <"$log")
    python3 "$here/wire_tap.py" "$out/opensmtpd.ehlo" "$port" "$here/server.script"
    sleep 1
    tail -n +$((before + 1)) "$log" >"$out/opensmtpd.txt"
    "$lab/opensmtpd.sh" stop "$work/opensmtpd"
}

sendmail_logs() {
    local root cf peer_port
    root=$(unpacked sendmail-bin)
    cf=$(unpacked sendmail-cf)
    peer_port=$(peer sendmail)
    mkdir -p "$work/mqueue"
    cat >"$work/sendmail.mc" <<END
define(\`_CF_DIR_', \`$cf/usr/share/sendmail/cf/')
include(\`$cf/usr/share/sendmail/cf/m4/cf.m4')
OSTYPE(\`linux')
define(\`SMART_HOST', \`esmtp:[127.0.0.1]')
define(\`ESMTP_MAILER_ARGS', \`TCP \$h $peer_port')
define(\`QUEUE_DIR', \`$work/mqueue')
define(\`confDOMAIN_NAME', \`client.example')
define(\`confTRUSTED_USERS', \`root')
FEATURE(\`nocanonify')
FEATURE(\`accept_unresolvable_domains')
MAILER(\`smtp')
END
    m4 "$work/sendmail.mc" >"$work/sendmail.cf"
    # An unqualified host name makes it wait for a minute.
    mail | timeout 180 "$root/usr/libexec/sendmail/sendmail" -C "$work/sendmail.cf" -v -odi -f alice@sender.example bob@receiver.example >"$out/sendmail.txt" 2>&1
}

for part in ${2:-postfix exim opensmtpd sendmail}; do ${part}_logs; done
wc -l "$out"/*.txt
