#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* What OpenSSL has as macros with arguments or casts, as variadic functions or as typed stacks: Swift sees none of them. */

static inline long cssl_set_server_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }
static inline const char *cssl_server_name(const SSL *ssl) { return SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name); }
static inline long cssl_set_min_version(SSL_CTX *ctx, int version) { return SSL_CTX_set_min_proto_version(ctx, version); }
static inline long cssl_set_max_version(SSL_CTX *ctx, int version) { return SSL_CTX_set_max_proto_version(ctx, version); }
static inline void cssl_no_sessions(SSL_CTX *ctx) { SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); }
/* No renegotiation, no compression; a server of ours gives no tickets. */
static inline void cssl_set_usual_options(SSL_CTX *ctx, int is_server) {
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | (is_server ? SSL_OP_NO_TICKET : 0));
    if (is_server) SSL_CTX_set_num_tickets(ctx, 0);
}
static inline long cssl_add_chain(SSL_CTX *ctx, X509 *certificate) { return SSL_CTX_add1_chain_cert(ctx, certificate); }
static inline void cssl_set_message_argument(SSL *ssl, void *argument) { SSL_set_msg_callback_arg(ssl, argument); }
static inline const char *cssl_group(SSL *ssl) {
    int nid = (int)SSL_get_negotiated_group(ssl);
    return nid == 0 ? NULL : SSL_group_to_name(ssl, nid);
}
static inline int cssl_certificate_count(const STACK_OF(X509) *chain) { return chain ? sk_X509_num(chain) : 0; }
static inline X509 *cssl_certificate(const STACK_OF(X509) *chain, int index) { return sk_X509_value(chain, index); }
static inline GENERAL_NAMES *cssl_alternative_names(X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline int cssl_name_count(const GENERAL_NAMES *names) { return names ? sk_GENERAL_NAME_num(names) : 0; }
static inline GENERAL_NAME *cssl_name(const GENERAL_NAMES *names, int index) { return sk_GENERAL_NAME_value(names, index); }
/* The octets of a DNS name (tag 2), an IP address (tag 7) or another name that is text. */
static inline int cssl_name_tag(const GENERAL_NAME *name) { return name->type; }
static inline const unsigned char *cssl_name_octets(const GENERAL_NAME *name, int *count) {
    if (name->type != GEN_DNS && name->type != GEN_EMAIL && name->type != GEN_URI && name->type != GEN_IPADD) return NULL;
    *count = ASN1_STRING_length(name->d.ia5);
    return ASN1_STRING_get0_data(name->d.ia5);
}
static inline void cssl_free_names(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }
static inline EVP_PKEY *cssl_make_key(void) { return EVP_EC_gen("P-256"); }
static inline int cssl_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension) return 0;
    int done = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return done;
}
static inline int cssl_add_name(X509_NAME *name, const char *field, const char *value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0);
}
static inline unsigned long cssl_name_flags(void) { return XN_FLAG_RFC2253; }
static inline const char *cssl_reason(unsigned long error) { return ERR_reason_error_string(error); }
static inline const char *cssl_alert_name(int description) { return SSL_alert_desc_string_long(description); }

#endif
