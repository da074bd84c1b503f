// Handshakes of OpenSSL, on the server's side: each that is finished, and whether it was resumed.
#include "Probe.h"

typedef struct ssl_st SSL;

static bool is_in_handshake(uintptr_t site, const SSL *ssl) {
    int (*in_init)(const SSL *) = hw_callee(site, hw_ssl_in_init);
    return in_init != NULL && in_init(ssl) != 0;
}

static void finished(uintptr_t site, SSL *ssl) {
    int error = errno;
    int (*is_server)(const SSL *) = hw_callee(site, hw_ssl_is_server);
    int (*session_reused)(const SSL *) = hw_callee(site, hw_ssl_session_reused);
    if (is_server != NULL && is_server(ssl)) {
        hw_set_flag(hw_saw_tls);
        COUNT(handshakes, 1);
        if (session_reused != NULL && session_reused(ssl)) COUNT(resumed, 1);
    }
    errno = error;
}

// SSL_accept calls SSL_do_handshake through the PLT, and SSL_read may do a handshake of its own:
// the outermost call alone counts, where a handshake ends within it.
#define HANDSHAKE(callee, type, call) \
    uintptr_t site = HW_CALLER(); \
    type *next = hw_callee(site, callee); \
    if (next == NULL) return -1; \
    bool is_open = hw_thread.tls_depth == 0 && hw_self.process != NULL && is_in_handshake(site, ssl); \
    if (is_open) hw_thread.tls_depth = 1; \
    int result = call; \
    if (is_open) { \
        hw_thread.tls_depth = 0; \
        if (!is_in_handshake(site, ssl)) finished(site, ssl); \
    } \
    return result;

typedef int handshake_call(SSL *);
typedef int read_call(SSL *, void *, int);
typedef int read_ex_call(SSL *, void *, size_t, size_t *);

HW_EXPORT int SSL_do_handshake(SSL *ssl) { HANDSHAKE(hw_ssl_do_handshake, handshake_call, next(ssl)) }
HW_EXPORT int SSL_accept(SSL *ssl) { HANDSHAKE(hw_ssl_accept, handshake_call, next(ssl)) }
HW_EXPORT int SSL_read(SSL *ssl, void *bytes, int count) { HANDSHAKE(hw_ssl_read, read_call, next(ssl, bytes, count)) }
HW_EXPORT int SSL_read_ex(SSL *ssl, void *bytes, size_t size, size_t *count) {
    HANDSHAKE(hw_ssl_read_ex, read_ex_call, next(ssl, bytes, size, count))
}
