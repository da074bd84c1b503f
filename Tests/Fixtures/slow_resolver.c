// A resolver that never answers: LD_PRELOAD it. Says on standard error that it was asked.
#include <netdb.h>
#include <time.h>
#include <unistd.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    (void)node, (void)service, (void)hints, (void)result;
    if (write(2, "asked\n", 6) < 0) return EAI_SYSTEM;
    struct timespec second = {1, 0};
    for (int i = 0; i < 60; i++) nanosleep(&second, NULL);
    return EAI_AGAIN;
}
