#!/usr/bin/env bash
# OpenSMTPD on 127.0.0.1:PORT, the mail exchanger of receiver.example, with mailboxes bob@, carol@ and postmaster@.
#
#   opensmtpd.sh start DIR PORT     opensmtpd.sh stop DIR
#
# Without TLS: Debian 12's 6.8.0p2 fails every handshake when it has to sign ("missing private key"), with RSA and EC keys
# alike: it keeps the key in a process of its own, and OpenSSL 3 does not ask there. Debian 13's 7.6.0p1 speaks TLS.
#
# Its helper programs, its queue and its users have places compiled in, so those are put where it looks for
# them and only one can run on a machine.

# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
read_arguments "$@"
pid_file=$dir/smtpd.pid
log=$dir/smtpd.log

place_files() {
    local root=$1 user
    for user in opensmtpd opensmtpq; do
        getent group "$user" >/dev/null || groupadd -r "$user"
        id "$user" >/dev/null 2>&1 || useradd -r -g "$user" -d /var/lib/opensmtpd/empty -s /usr/sbin/nologin "$user"
    done
    mkdir -p /usr/libexec /var/lib/opensmtpd/empty /var/spool/smtpd
    chmod 711 /var/spool/smtpd
    cp -a "$root/usr/libexec/opensmtpd" /usr/libexec/
    install -o root -g opensmtpq -m 2555 "$root/usr/sbin/smtpctl" /usr/sbin/smtpctl
    [[ -s /etc/mailname ]] || echo "$lab_host" >/etc/mailname
}

write_configuration() {
    local root=$1 box
    cat >"$dir/smtpd.conf" <<END
listen on 127.0.0.1 port $port hostname $lab_host
END
    # One table for all boxes would put all mail into one maildir, the user's: an action a box keeps them apart.
    for box in bob carol postmaster; do
        cat >>"$dir/smtpd.conf" <<END
action "$box" maildir "$dir/mail/$box" virtual { "$box@$lab_domain" = nobody }
END
    done
    for box in bob carol postmaster; do
        cat >>"$dir/smtpd.conf" <<END
match from any for rcpt-to "$box@$lab_domain" action "$box"
END
    done
    # Last, for whoever has no box: the domain is ours, the name is not, which is refused while the session lasts.
    echo "match from any for domain \"$lab_domain\" action \"bob\"" >>"$dir/smtpd.conf"
    chmod 600 "$dir/smtpd.conf"
}

start() {
    local root
    need_packages libevent-2.1-7 libdb5.3 libpam0g libssl3 zlib1g
    root=$(unpacked opensmtpd)
    if is_running "$pid_file" smtpd; then wait_for_greeting "$port"; return; fi
    if is_listening "$port"; then fail "127.0.0.1:$port is taken"; fi
    place_files "$root"
    mkdir -p "$dir/mail"
    chown nobody:nogroup "$dir/mail"
    write_configuration "$root"
    start_daemon "$pid_file" "$log" "$root/usr/sbin/smtpd" -d -f "$dir/smtpd.conf"
    wait_for_greeting "$port" "$log"
}

stop() {
    end_process "$pid_file" smtpd
}

"$action"
if [[ $action == start ]]; then say_started "$dir/mail"; fi
