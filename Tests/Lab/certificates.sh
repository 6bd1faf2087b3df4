#!/bin/bash
# Certificates for tests, made by the openssl command alone.
#
#   certificates.sh FOLDER
#
# makes in FOLDER an authority, authority.pem, and of each kind NAME.pem with NAME.key: `good` for localhost, `expired`,
# `early` (not valid yet), `no-names` (localhost stands in its subject alone), `other` (for another host), `self-signed`, `large`
# (790 names, the right one last, 64 kB).
set -eu
cd "$1"

cat > openssl.cnf <<'END'
[req]
distinguished_name = subject
prompt = no
[subject]
CN = localhost
[ca]
default_ca = authority
[authority]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
END
touch index
echo "subjectAltName = DNS:localhost" > names
{
    printf 'subjectAltName = '
    for number in $(seq 790); do
        printf 'DNS:%s.n%d.receiver.example,' "$(printf 'a%.0s' $(seq 58))" "$number"
    done
    echo DNS:localhost
} > many-names
echo "subjectAltName = DNS:mx.receiver.example" > other-names
echo "basicConstraints = CA:FALSE" > no-names

openssl req -config openssl.cnf -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -subj "/CN=Test authority" -addext basicConstraints=critical,CA:TRUE -keyout authority.key -out authority.pem

# NAME EXTENSIONS FROM TO
issue() {
    openssl req -config openssl.cnf -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr"
    openssl ca -batch -notext -config openssl.cnf -cert authority.pem -keyfile authority.key -extfile "$2" \
        -startdate "$3" -enddate "$4" -in "$1.csr" -out "$1.pem"
}
at() { date -u -d "$1" +%Y%m%d%H%M%SZ; }

issue good names "$(at yesterday)" "$(at '30 days')"
issue expired names "$(at '-60 days')" "$(at '-30 days')"
issue early names "$(at '30 days')" "$(at '60 days')"
issue no-names no-names "$(at yesterday)" "$(at '30 days')"
issue other other-names "$(at yesterday)" "$(at '30 days')"
issue large many-names "$(at yesterday)" "$(at '30 days')"
openssl req -config openssl.cnf -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -addext subjectAltName=DNS:localhost -keyout self-signed.key -out self-signed.pem
