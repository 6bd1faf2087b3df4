#!/usr/bin/env bash
# sendmail on 127.0.0.1:PORT, the mail exchanger of receiver.example. It queues what it takes, and refuses nosuch@.
#
#   sendmail.sh start DIR PORT     sendmail.sh stop DIR
#
# On the four ports behind PORT it refuses everything at one place, by rule sets of its own: in the greeting (check_relay), at
# MAIL (check_mail), at DATA (check_data), behind the dot (check_eom). It has no rule set for EHLO and QUIT.

# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
read_arguments "$@"
places=(none relay mail data eom)

write_configuration() {
    local root=$1 place=$2 number=$3 folder=$dir/$2 cf=$1/usr/share/sendmail/cf
    mkdir -p "$folder/queue"
    cat >"$folder/sendmail.mc" <<END
divert(0)dnl
OSTYPE(\`linux')dnl
define(\`confDELIVERY_MODE', \`queueonly')dnl
define(\`confDONT_BLAME_SENDMAIL', \`groupwritabledirpathsafe')dnl
define(\`QUEUE_DIR', \`$folder/queue')dnl
define(\`ALIAS_FILE', \`')dnl
define(\`STATUS_FILE', \`$folder/statistics')dnl
define(\`confPID_FILE', \`$folder/pid')dnl
define(\`confDOMAIN_NAME', \`$lab_host')dnl
FEATURE(\`no_default_msa')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`nocanonify')dnl
DAEMON_OPTIONS(\`Port=$number, Addr=127.0.0.1, Name=MTA')dnl
MODIFY_MAILER_FLAGS(\`LOCAL', \`-w')dnl
MAILER(local)dnl
MAILER(smtp)dnl
LOCAL_CONFIG
Cw$lab_domain
LOCAL_RULESETS
SLocal_check_rcpt
R\$* nosuch \$*	\$#error \$@ 5.1.1 \$: "550 no such user here"
END
    if [[ $place == relay || $place == mail ]]; then
        echo "SLocal_check_$place"
    elif [[ $place != none ]]; then
        echo "Scheck_$place"
    fi >>"$folder/sendmail.mc"
    if [[ $place != none ]]; then
        printf 'R$*\t$#error $@ 5.7.1 $: "550 not at this place"\n' >>"$folder/sendmail.mc"
    fi
    (cd "$cf/cf" && m4 "-D_CF_DIR_=$cf/" "$cf/m4/cf.m4" "$folder/sendmail.mc" >"$folder/sendmail.cf")
}

# A server that refuses in its greeting does not say 220.
wait_for_greeting_or_refusal() {
    for _ in {1..100}; do
        is_listening "$1" && return
        sleep 0.2
    done
    fail "nothing listens on 127.0.0.1:$1"
}

start() {
    local root number=$port place
    need_packages m4 libdb5.3 libwrap0 libldap-2.5-0 libsasl2-2
    unpacked libmilter1.0.1 >/dev/null
    unpacked sendmail-cf >/dev/null
    root=$(unpacked sendmail-bin)
    cp -a "$lab_cache/sendmail-cf/usr/share/sendmail" "$root/usr/share/"
    if is_listening "$port"; then wait_for_greeting "$port"; return; fi
    for place in "${places[@]}"; do
        write_configuration "$root" "$place" "$number"
        # Each waits a minute for the name of the machine where that has none that is fully qualified.
        "$root/usr/libexec/sendmail/sendmail" -C "$dir/$place/sendmail.cf" -bd -q1h >>"$dir/start.log" 2>&1 &
        number=$((number + 1))
    done
    wait
    while ((number-- > port)); do wait_for_greeting_or_refusal "$number"; done
    wait_for_greeting "$port" "$dir/start.log"
}

stop() {
    local place
    for place in "${places[@]}"; do
        # Its own file has the command line as well, and it takes that away when it ends.
        [[ -f $dir/$place/pid ]] || continue
        head -n 1 "$dir/$place/pid" >"$dir/$place/process"
        end_process "$dir/$place/process" sendmail
    done
}

"$action"
if [[ $action == start ]]; then say_started; fi
