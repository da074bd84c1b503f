// The fence around OpenSSL 3: macros with casts or arguments, and variadic calls, as functions.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static const uint64_t hw_op_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
static const uint64_t hw_op_no_compression = SSL_OP_NO_COMPRESSION;
static const uint64_t hw_op_server_preference = SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;

static inline int hw_ctx_set_versions(SSL_CTX *ctx, int lowest, int highest) {
    return SSL_CTX_set_min_proto_version(ctx, lowest) == 1 && SSL_CTX_set_max_proto_version(ctx, highest) == 1;
}

// Buffers of idle connections are freed; a write may be tried again from another address.
static inline void hw_ctx_set_modes(SSL_CTX *ctx) {
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

static inline int hw_ctx_set_groups(SSL_CTX *ctx, const char *names) { return SSL_CTX_set1_groups_list(ctx, names) == 1; }

static inline void hw_ctx_set_read_ahead(SSL_CTX *ctx) { SSL_CTX_set_read_ahead(ctx, 1); }

// The server keeps no sessions: a ticket holds all that it needs.
static inline void hw_ctx_disable_session_cache(SSL_CTX *ctx) { SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); }

// The client gets sessions through the callback, and keeps none inside the context.
static inline void hw_ctx_enable_client_sessions(SSL_CTX *ctx) {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
}

static inline int hw_ctx_ticket_key_byte_count(SSL_CTX *ctx) { return (int)SSL_CTX_set_tlsext_ticket_keys(ctx, NULL, 0); }

static inline int hw_ctx_set_ticket_keys(SSL_CTX *ctx, void *keys, int byte_count) {
    return SSL_CTX_set_tlsext_ticket_keys(ctx, keys, byte_count) == 1;
}

// The certificate of a stack of them; the caller owns it from then on. NULL: there is no other.
static inline X509 *hw_take_certificate(STACK_OF(X509) *certificates) {
    return certificates != NULL ? sk_X509_shift(certificates) : NULL;
}
static inline void hw_free_certificates(STACK_OF(X509) *certificates) { sk_X509_pop_free(certificates, X509_free); }

static inline int hw_ctx_add_chain_certificate(SSL_CTX *ctx, X509 *certificate) {
    return SSL_CTX_add1_chain_cert(ctx, certificate) == 1;
}

// Any name is accepted. With a callback that says so, OpenSSL remembers the name in TLS 1.2 sessions too.
static int hw_accept_any_name(SSL *ssl, int *alert, void *argument) {
    (void)ssl, (void)alert, (void)argument;
    return SSL_TLSEXT_ERR_OK;
}
static inline void hw_ctx_accept_any_name(SSL_CTX *ctx) { SSL_CTX_set_tlsext_servername_callback(ctx, hw_accept_any_name); }

static inline int hw_set_server_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name) == 1; }

static const int hw_reason_no_memory = ERR_R_MALLOC_FAILURE;

static inline int hw_reason(unsigned long error) { return ERR_GET_REASON(error); }

// A P-256 key; NULL when there is no memory or no randomness. EVP_EC_gen is a macro over a variadic.
static inline EVP_PKEY *hw_make_p256_key(void) { return EVP_EC_gen("P-256"); }

// Adds the extension `nid` with the text `value`, as in an openssl.cnf. 1 on success.
static inline int hw_x509_add_extension(X509 *subject, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, subject, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) return 0;
    int added = X509_add_ext(subject, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

// Opens a file to append secrets to, which only its owner may read. The descriptor, or -1 with errno.
static inline int hw_open_private_log(const char *path) {
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
}
static inline int hw_open_for_reading(const char *path) { return open(path, O_RDONLY | O_CLOEXEC); }
static inline int hw_errno(void) { return errno; }
