// Holds the calls that the probe wraps against what they promise. Prints "whole", or what is broken.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOLD(condition) do { if (!(condition)) { printf("line %d: %s, errno %d\n", __LINE__, #condition, errno); return 1; } } while (0)
#define KEEPS_ERRNO(call) do { errno = 77; call; HOLD(errno == 77); } while (0)

static struct sockaddr_in address = {.sin_family = AF_INET};

static int call_server(struct sockaddr_in *own) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    socklen_t length = sizeof *own;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return -1;
    getsockname(fd, (struct sockaddr *)own, &length);
    return fd;
}

static void on_signal(int number) { (void)number; }

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    HOLD(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 64) == 0);
    getsockname(listener, (struct sockaddr *)&address, &length);

    // The address as it was asked for: whole, cut to the room that was given, or not at all.
    struct sockaddr_in peer, given;
    int client = call_server(&peer);
    length = sizeof given;
    int server = accept(listener, (struct sockaddr *)&given, &length);
    HOLD(server >= 0 && length == sizeof given && given.sin_port == peer.sin_port);
    KEEPS_ERRNO(close(server));
    close(client);
    client = call_server(&peer);
    unsigned char room[8];
    memset(room, 0xEE, sizeof room);
    length = 4;
    server = accept4(listener, (struct sockaddr *)room, &length, SOCK_CLOEXEC);
    HOLD(server >= 0 && length == sizeof given && memcmp(room, &peer, 4) == 0 && room[4] == 0xEE && room[7] == 0xEE);
    close(client);
    syscall(SYS_close, server);
    client = call_server(&peer);
    server = accept(listener, NULL, NULL);
    HOLD(server >= 0);

    // Bytes, and errno where a call succeeds and where it fails.
    char text[64];
    struct iovec parts[2] = {{"ab", 2}, {"cd", 2}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    KEEPS_ERRNO(HOLD(write(server, "whole", 5) == 5));
    KEEPS_ERRNO(HOLD(writev(server, parts, 2) == 4));
    KEEPS_ERRNO(HOLD(sendmsg(server, &message, 0) == 4));
    KEEPS_ERRNO(HOLD(recv(client, text, sizeof text, 0) > 0));
    HOLD(recv(server, text, sizeof text, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    HOLD(write(server, (void *)16, 8) == -1 && errno == EFAULT);
    HOLD(writev(server, (void *)16, 2) == -1 && errno == EFAULT);
    HOLD(sendmsg(server, (void *)16, 0) == -1 && errno == EFAULT);
    HOLD(recvmsg(server, (void *)16, 0) == -1 && errno == EFAULT);
    HOLD(read(-1, text, 1) == -1 && errno == EBADF);
    HOLD(close(-1) == -1 && errno == EBADF);
    HOLD(syscall(SYS_getpid) == getpid());

    // Blocks, and errno.
    void *block = NULL;
    KEEPS_ERRNO(block = malloc(100000));
    KEEPS_ERRNO(block = realloc(block, 200000));
    KEEPS_ERRNO(free(block));
    HOLD(posix_memalign(&block, 4096, 100) == 0 && (size_t)block % 4096 == 0);
    free(block);
    free(NULL);

    // Events, with a list that is full and one that is not.
    struct epoll_event event = {.events = EPOLLOUT}, events[4];
    int poll = epoll_create1(0);
    epoll_ctl(poll, EPOLL_CTL_ADD, server, &event);
    KEEPS_ERRNO(HOLD(epoll_wait(poll, events, 4, 1000) == 1));
    KEEPS_ERRNO(HOLD(epoll_pwait(poll, events, 1, 1000, NULL) == 1));
    HOLD(epoll_wait(-1, events, 4, 0) == -1 && errno == EBADF);

    // Handlers of faults are the program's own, as far as it can tell.
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before, after;
    HOLD(sigaction(SIGSEGV, NULL, &before) == 0 && before.sa_handler == SIG_DFL);
    HOLD(sigaction(SIGSEGV, &action, NULL) == 0 && sigaction(SIGSEGV, NULL, &after) == 0);
    HOLD(after.sa_handler == on_signal && (after.sa_flags & SA_RESTART));
    HOLD(signal(SIGSEGV, SIG_DFL) == on_signal && signal(SIGUSR1, SIG_IGN) == SIG_DFL);
    action.sa_handler = on_signal;
    HOLD(sigaction(SIGABRT, &action, NULL) == 0 && raise(SIGABRT) == 0);

    // A child of vfork shares this memory: what it closes is not closed here.
    if (vfork() == 0) {
        close(server);
        _exit(0);
    }
    wait(NULL);
    HOLD(write(server, "x", 1) == 1);

    // A child of fork has a heap and descriptors of its own, and dies as it should.
    pid_t child = fork();
    if (child == 0) {
        free(malloc(10));
        close(server);
        abort();
    }
    int status;
    signal(SIGABRT, SIG_DFL);
    HOLD(waitpid(child, &status, 0) == child);
    child = fork();
    if (child == 0) abort();
    HOLD(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    HOLD(write(server, "x", 1) == 1);
    puts("whole");
    // Until somebody has looked at what is open.
    fflush(stdout);
    getchar();
    return 0;
}
