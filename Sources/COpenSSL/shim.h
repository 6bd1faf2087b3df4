#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* What OpenSSL has as macros with arguments or as typed stacks, which Swift does not see. */

static inline long cssl_set_server_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }
static inline int cssl_set_min_version(SSL *ssl, int version) { return SSL_set_min_proto_version(ssl, version); }
static inline int cssl_set_max_version(SSL *ssl, int version) { return SSL_set_max_proto_version(ssl, version); }
static inline void cssl_set_message_argument(SSL *ssl, void *argument) { SSL_set_msg_callback_arg(ssl, argument); }
static inline size_t cssl_bio_pending(BIO *bio) { return BIO_ctrl_pending(bio); }
static inline long cssl_bio_text(BIO *bio, char **text) { return BIO_get_mem_data(bio, text); }
static inline int cssl_group(SSL *ssl) { return (int)SSL_get_negotiated_group(ssl); }
static inline int cssl_peer_key(SSL *ssl, EVP_PKEY **key) { return SSL_get_peer_tmp_key(ssl, key); }
static inline int cssl_certificate_count(const STACK_OF(X509) *chain) { return chain ? sk_X509_num(chain) : 0; }
static inline X509 *cssl_certificate(const STACK_OF(X509) *chain, int index) { return sk_X509_value(chain, index); }
static inline int cssl_name_count(const GENERAL_NAMES *names) { return names ? sk_GENERAL_NAME_num(names) : 0; }
static inline GENERAL_NAME *cssl_name(const GENERAL_NAMES *names, int index) { return sk_GENERAL_NAME_value(names, index); }
static inline unsigned long cssl_rfc2253(void) { return XN_FLAG_RFC2253; }

#endif
