// A server with a thread for each connection, on blocking sockets.
//
//   threadserver PORT      prints its port; answers "GET /N" with N bytes
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void *serve(void *argument) {
    int fd = (int)(long)argument;
    char request[4096];
    while (read(fd, request, sizeof request - 1) > 0) {
        size_t count = strtoul(request + 5, NULL, 10);
        char *bytes = malloc(count + 128);
        size_t size = (size_t)sprintf(bytes, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", count), sent = 0;
        memset(bytes + size, 'a', count);
        size += count;
        while (sent < size) {
            ssize_t result = write(fd, bytes + sent, size - sent);
            if (result <= 0) break;
            sent += (size_t)result;
        }
        free(bytes);
    }
    close(fd);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0) return 1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        long fd = accept(listener, NULL, NULL);
        pthread_t thread;
        if (fd >= 0 && pthread_create(&thread, NULL, serve, (void *)fd) == 0) pthread_detach(thread);
    }
}
