#!/usr/bin/env bash
# Makes the fixtures of Tests/InterchangeTests/Transcripts whose tools are clients: each talks to peer.py, which records the same session.
# clients.sh FOLDER [NAME…]: needs the tools named in the folder's README; ROOT names a folder with Debian packages unpacked.
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=$1
shift
only=" $* "
root=${ROOT:-/}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 30 -subj /CN=mx.receiver.example \
    -addext subjectAltName=DNS:mx.receiver.example 2>/dev/null
tls="--cert $work/cert.pem --key $work/key.pem"
printf 'From: alice@sender.example\r\nTo: bob@receiver.example\r\nSubject: Tea\r\n\r\nHello Bob,\r\n.dotted\r\n' >"$work/mail.eml"

# fixture NAME "PEER OPTIONS" COMMAND…: PORT in the command is replaced.
fixture() {
    local name=$1 options=$2
    shift 2
    [ "$only" = "  " ] || [[ "$only" == *" $name "* ]] || return 0
    rm -f "$work/port"
    # shellcheck disable=SC2086
    python3 "$here/peer.py" "$out/$name.ehlo" $options --port-file "$work/port" >/dev/null &
    local peer=$!
    for _ in $(seq 100); do
        [ -s "$work/port" ] && break
        sleep 0.1
    done
    local port
    port=$(cat "$work/port")
    local command=()
    for word in "$@"; do command+=("${word//PORT/$port}"); done
    timeout 60 "${command[@]}" >"$out/$name.txt" 2>&1
    kill $peer 2>/dev/null
    wait $peer 2>/dev/null
    echo "$name: $(wc -l <"$out/$name.txt") lines"
}

swaks="swaks -s 127.0.0.1:PORT --helo client.example -f alice@sender.example -t bob@receiver.example --header Subject:Tea --body Hello"
fixture swaks "" $swaks
fixture swaks-auth "" $swaks --auth PLAIN --auth-user alice --auth-password hunter2-CANARY --show-time-lapse
fixture swaks-login "" $swaks --auth LOGIN --auth-user alice --auth-password hunter2-CANARY --auth-hide-password
fixture swaks-tls "$tls" $swaks --tls
fixture swaks-refused "" $swaks -t nosuch@receiver.example
fixture swaks-suppress "" $swaks --suppress-data
fixture swaks-hide-receive "" $swaks --hide-receive
fixture swaks-hide-send "" $swaks --hide-send
fixture swaks-no-hints "" $swaks --no-hints
fixture swaks-no-info-hints "" $swaks --no-info-hints --hide-informational
fixture curl "" curl -sv "smtp://127.0.0.1:PORT/client.example" --mail-from alice@sender.example --mail-rcpt bob@receiver.example -T "$work/mail.eml"
fixture curl-tls "$tls" curl -svk --ssl-reqd "smtp://127.0.0.1:PORT/client.example" --mail-from alice@sender.example --mail-rcpt bob@receiver.example -T "$work/mail.eml"
fixture curl-auth "" curl -sv --trace-time "smtp://127.0.0.1:PORT/client.example" -u alice:hunter2-CANARY --mail-from alice@sender.example --mail-rcpt bob@receiver.example -T "$work/mail.eml"
fixture smtplib-1 "" python3 "$here/smtplib_client.py" PORT 1
fixture smtplib-2 "" python3 "$here/smtplib_client.py" PORT 2
fixture smtplib-tls "$tls" python3 "$here/smtplib_client.py" PORT 1 tls
fixture ruby "" ruby "$here/net_smtp.rb" PORT
fixture msmtp "" sh -c "msmtp --debug --host=127.0.0.1 --port=PORT --domain=client.example --auth=plain --user=alice --passwordeval='echo hunter2-CANARY' --tls=off --from=alice@sender.example bob@receiver.example <$work/mail.eml"
for level in 1 2 3 4; do
    sed "s:/usr/share/php:$root/usr/share/php:" "$here/mailer.php" >"$work/mailer.php"
    fixture phpmailer-$level "" php "$work/mailer.php" PORT $level echo
done
fixture phpmailer-html "" php "$work/mailer.php" PORT 2 html
fixture phpmailer-error-log "" php "$work/mailer.php" PORT 2 error_log
for flavour in javax jakarta; do
    mkdir -p "$work/$flavour"
    sed "s/MAIL\./$flavour./" "$here/SendMail.java" >"$work/$flavour/SendMail.java"
    case $flavour in
    javax) jars=$root/usr/share/java/javax.mail.jar:$root/usr/share/java/javax.activation.jar ;;
    jakarta) jars=$root/usr/share/java/jakarta-mail.jar:$root/usr/share/java/jakarta-activation.jar ;;
    esac
    javac -cp "$jars" -d "$work/$flavour" "$work/$flavour/SendMail.java" 2>/dev/null
    fixture javamail-$flavour "" java -cp "$work/$flavour:$jars" SendMail PORT
done
export NODE_PATH=$root/usr/share/nodejs
fixture nodemailer "" node "$here/nodemailer.js" PORT console
fixture nodemailer-json "" node "$here/nodemailer.js" PORT json
(cd "$work" && cp "$here/wrapper.go" . && go build -o wrapper wrapper.go)
fixture go "" "$work/wrapper" PORT
typist="python3 $here/typist.py $here/typed.script"
# To s_client a line that begins with R means: renegotiate.
sed 's/^RCPT/rcpt/' "$here/typed.script" >"$work/lower.script"
lower="python3 $here/typist.py $work/lower.script"
fixture telnet "--closes-first" $typist telnet 127.0.0.1 PORT
fixture nc "--closes-first" $typist nc -C 127.0.0.1 PORT
fixture openssl-starttls "$tls --closes-first" $lower openssl s_client -crlf -starttls smtp -connect 127.0.0.1:PORT
fixture openssl-wrapped "$tls --wrapped --closes-first" $lower openssl s_client -crlf -connect 127.0.0.1:PORT
fixture openssl-renegotiating "$tls --wrapped --closes-first" $typist openssl s_client -crlf -connect 127.0.0.1:PORT
fixture openssl-quiet "$tls --wrapped --closes-first" $lower openssl s_client -crlf -quiet -connect 127.0.0.1:PORT
fixture telnet-80 "--closes-first" python3 "$here/typist.py" --columns 80 "$here/typed.script" telnet 127.0.0.1 PORT
