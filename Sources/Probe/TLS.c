// Handshakes of OpenSSL, on the server's side: each that is finished, and whether it was resumed.
#include "Probe.h"

typedef struct ssl_st SSL;

static bool is_in_handshake(uintptr_t site, const SSL *ssl) {
    int (*in_init)(const SSL *) = hw_callee(site, hw_SSL_in_init);
    return in_init != NULL && in_init(ssl) != 0;
}

static void finished(uintptr_t site, SSL *ssl) {
    int (*is_server)(const SSL *) = hw_callee(site, hw_SSL_is_server);
    int (*session_reused)(const SSL *) = hw_callee(site, hw_SSL_session_reused);
    if (is_server == NULL || !is_server(ssl)) return;
    hw_set_flag(hw_saw_tls);
    COUNT(handshakes, 1);
    if (session_reused != NULL && session_reused(ssl)) COUNT(resumed, 1);
}

// SSL_accept calls SSL_do_handshake through the PLT, and SSL_read may do a handshake of its own:
// the outermost call alone counts, where a handshake ends within it.
#define HANDSHAKE(name, parameters, arguments) \
    HW_EXPORT int name parameters { \
        uintptr_t site = HW_CALLER(); \
        int (*next) parameters = hw_callee(site, hw_##name); \
        if (next == NULL) return -1; \
        bool is_open = hw_thread.tls_depth == 0 && hw_self.process != NULL && is_in_handshake(site, ssl); \
        if (is_open) hw_thread.tls_depth = 1; \
        int result = next arguments; \
        if (is_open) { \
            hw_thread.tls_depth = 0; \
            HW_UNNOTICED(if (!is_in_handshake(site, ssl)) finished(site, ssl)); \
        } \
        return result; \
    }
HANDSHAKE(SSL_do_handshake, (SSL *ssl), (ssl))
HANDSHAKE(SSL_accept, (SSL *ssl), (ssl))
HANDSHAKE(SSL_read, (SSL *ssl, void *bytes, int count), (ssl, bytes, count))
HANDSHAKE(SSL_read_ex, (SSL *ssl, void *bytes, size_t size, size_t *count), (ssl, bytes, size, count))
