#!/usr/bin/env bash
# Postfix on 127.0.0.1:PORT, the mail exchanger of receiver.example, with mailboxes bob@, carol@ and postmaster@.
#
#   postfix.sh start DIR PORT [GREYLIST_PORT]     postfix.sh stop DIR
#
# With GREYLIST_PORT a second listener asks Debian's postgrey first, which defers a sender it has not seen before
# (EHLO_LAB_GREY_DELAY seconds, 300 when not set). Nothing ever leaves the machine: other domains' mail fails in the
# queue.

# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
read_arguments "$@"
grey_port=${rest[0]:-}
config=$dir/etc
log=$dir/postfix.log

install_postfix() {
    [[ -x /usr/sbin/postfix ]] && return
    # "No configuration" keeps the package from asking questions and from starting a server of its own.
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    need_packages postfix
}

write_main_cf() {
    cat >"$config/main.cf" <<END
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $log
maillog_file_prefixes = $dir
myhostname = $lab_host
mydomain = $lab_domain
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = $lab_domain
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = inline:{ bob@$lab_domain=bob/, carol@$lab_domain=carol/, postmaster@$lab_domain=postmaster/ }
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_tls_cert_file = $dir/cert.pem
smtpd_tls_key_file = $dir/key.pem
smtpd_tls_security_level = may
default_transport = error:5.4.4 this server delivers to $lab_domain only
END
}

write_master_cf() {
    local private
    cat >"$config/master.cf" <<END
127.0.0.1:$port inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
END
    [[ -n $grey_port ]] || return 0
    private=reject_unauth_destination,reject_unlisted_recipient,check_policy_service,unix:$dir/postgrey.sock
    cat >>"$config/master.cf" <<END
127.0.0.1:$grey_port inet n - n - - smtpd
  -o smtpd_recipient_restrictions=$private
END
}

start_postgrey() {
    local root
    need_packages libberkeleydb-perl libnetaddr-ip-perl libnet-dns-perl libnet-server-perl
    root=$(unpacked postgrey)
    id postgrey >/dev/null 2>&1 || useradd -r -d /nonexistent -s /usr/sbin/nologin postgrey
    mkdir -p "$dir/postgrey"
    : >"$dir/postgrey/whitelist"
    chown -R postgrey: "$dir/postgrey"
    is_running "$dir/postgrey.pid" postgrey && return
    rm -f "$dir/postgrey.sock"
    # It opens its socket before it changes user, so the socket may stand in a folder that is not its own.
    start_daemon "$dir/postgrey.pid" "$dir/postgrey.log" perl -T "$root/usr/sbin/postgrey" --unix="$dir/postgrey.sock" \
        --dbdir="$dir/postgrey" --user=postgrey --group=postgrey --delay="${EHLO_LAB_GREY_DELAY:-300}" \
        --whitelist-clients="$dir/postgrey/whitelist" --whitelist-recipients="$dir/postgrey/whitelist"
    for _ in {1..50}; do
        [[ -S $dir/postgrey.sock ]] && break
        sleep 0.2
    done
    [[ -S $dir/postgrey.sock ]] || { tail "$dir/postgrey.log" >&2; fail "postgrey did not start"; }
    chmod 666 "$dir/postgrey.sock"
}

start() {
    install_postfix
    if [[ -f $config/main.cf ]] && postfix -c "$config" status >/dev/null 2>&1; then
        wait_for_greeting "$port" "$log"
        return
    fi
    if is_listening "$port"; then fail "127.0.0.1:$port is taken"; fi
    mkdir -p "$config" "$dir/queue" "$dir/data" "$dir/mail"
    chown postfix: "$dir/data"
    chown nobody:nogroup "$dir/mail"
    need_certificate "$dir"
    if [[ -n $grey_port ]]; then start_postgrey; fi
    write_main_cf
    write_master_cf
    postfix -c "$config" start >>"$dir/start.log" 2>&1 || { tail "$dir/start.log" "$log" >&2; fail "did not start"; }
    wait_for_greeting "$port" "$log"
    if [[ -n $grey_port ]]; then wait_for_greeting "$grey_port" "$log"; fi
}

stop() {
    if [[ -f $config/main.cf ]] && postfix -c "$config" status >/dev/null 2>&1; then
        postfix -c "$config" stop >>"$dir/start.log" 2>&1
    fi
    end_process "$dir/postgrey.pid" postgrey
}

"$action"
if [[ $action == start ]]; then
    say_started "$dir/mail"
    if [[ -n $grey_port ]]; then echo "greylisting: 127.0.0.1:$grey_port"; fi
fi
