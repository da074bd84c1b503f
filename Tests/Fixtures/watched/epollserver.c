// A server on epoll alone, with one bug of those that `highwater watch` is to find, or with none.
//
//   epollserver PORT MODE      prints its port; answers "GET /N" with N bytes
//
// right     keeps what the socket did not take, and goes on with it
// ignored   ignores the result of send
// buffer    goes on where it stopped, in a buffer that the next request has overwritten
// freed     has one page for all connections, and frees it for the next request while a part of it waits
// unmapped  the same, and malloc has pages of its own for it, which free unmaps
// moved     right: copies what the socket did not take, and frees where it lay
// copied    right, and goes on through a copy of the descriptor
// queue     right, and tells the probe of its queue; queue-buffer: buffer, and tells
// closes    right; closes all descriptors that are not its own first
// daemon    right, in the background: forked twice, in a session of its own
// forks     right, in a child; handles: right, with handlers of its own; small: right, few descriptors
// sandboxed right, in a sandbox that kills for calls that the server does not make
// crashes   right, until a request for 666 bytes; hangs: spins then, and ignores SIGTERM; stalls: sleeps then for 0.3 s;
//           starves: works then for 0.3 s of a processor that two other processes want too
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../../../Sources/Probe/include/highwater.h"

enum { answer_limit = 16 * 1024 * 1024, descriptor_limit = 4096 };

typedef struct {
    int fd, copy;
    char input[4096];
    size_t filled;
    char *bytes;
    size_t size, sent;
    unsigned answers;
} connection_t;

static const char *mode;
static int is(const char *name) { return strcmp(mode, name) == 0; }
static int tells_queue(void) { return strncmp(mode, "queue", 5) == 0; }
static int is_page_freed(void) { return is("freed") || is("unmapped"); }
static int is_buffer_reused(void) { return is("buffer") || is("queue-buffer"); }
static connection_t *connections[descriptor_limit];
static int poll_fd;
static char sandbox_bytes[answer_limit], *page;

static void finish(connection_t *connection) {
    if (tells_queue() && connection->sent < connection->size && hw_pending_end) hw_pending_end((uintptr_t)connection);
    close(connection->fd);
    if (connection->copy != 0) close(connection->copy);
    connections[connection->fd] = NULL;
    if (connection->bytes != sandbox_bytes && !is_page_freed()) free(connection->bytes);
    free(connection);
}

static void wait_for(connection_t *connection, unsigned events) {
    struct epoll_event event = {.events = events, .data.fd = connection->fd};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, connection->fd, &event);
}

__attribute__((noinline)) static void move_rest(connection_t *connection) {
    char *bytes = malloc(answer_limit);
    memcpy(bytes + connection->sent, connection->bytes + connection->sent, connection->size - connection->sent);
    free(connection->bytes);
    connection->bytes = bytes;
}

__attribute__((noinline)) static char *renew_page(void) {
    char *other = is("unmapped") ? malloc(answer_limit) : NULL;
    free(page);
    return page = other != NULL ? other : malloc(answer_limit);
}

__attribute__((noinline)) static int go_on(connection_t *connection) {
    while (connection->sent < connection->size) {
        int fd = connection->copy != 0 && connection->sent > 0 ? connection->copy : connection->fd;
        ssize_t count = send(fd, connection->bytes + connection->sent, connection->size - connection->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            wait_for(connection, EPOLLIN | EPOLLOUT);
            return 0;
        }
        if (count < 0) return -1;
        connection->sent = is("ignored") ? connection->size : connection->sent + (size_t)count;
        if (is("moved")) move_rest(connection);
    }
    wait_for(connection, EPOLLIN);
    if (tells_queue() && connection->size > 0 && hw_pending_end) hw_pending_end((uintptr_t)connection);
    connection->size = connection->sent = 0;
    return 0;
}

__attribute__((noinline)) static void fill_answer(char *bytes, size_t head, size_t count, unsigned number) {
    memset(bytes + head, 'a' + number % 26, count);
}

static void work_among_others(void) {
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET((size_t)sched_getcpu(), &here);
    sched_setaffinity(0, sizeof here, &here);
    pid_t others[2];
    for (int i = 0; i < 2; i++) {
        others[i] = fork();
        if (others[i] == 0) for (alarm(20);;) {}
    }
    for (clock_t end = clock() + 3 * CLOCKS_PER_SEC / 10; clock() < end;) {}
    for (int i = 0; i < 2; i++) {
        if (others[i] <= 0) continue;
        kill(others[i], SIGKILL);
        waitpid(others[i], NULL, 0);
    }
}

__attribute__((noinline)) static int respond(connection_t *connection, size_t count) {
    // Within the sandbox there is no mmap for so much.
    if (is_page_freed()) connection->bytes = renew_page();
    if (connection->bytes == NULL) connection->bytes = is("sandboxed") ? sandbox_bytes : malloc(answer_limit);
    if (is("crashes") && count == 666) *(volatile char *)16 = 1;
    if (is("stalls") && count == 666) usleep(300000);
    if (is("starves") && count == 666) work_among_others();
    if (is("hangs") && count == 666) for (;;) signal(SIGTERM, SIG_IGN);
    size_t head = (size_t)sprintf(connection->bytes, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", count);
    static unsigned pages;
    fill_answer(connection->bytes, head, count, is_page_freed() ? pages++ : connection->answers++);
    // The answer before is not out yet, and this one lies over it.
    if (is_buffer_reused() && connection->sent < connection->size) return 0;
    connection->size = head + count;
    connection->sent = 0;
    if (tells_queue() && hw_pending_begin) hw_pending_begin(connection->bytes, connection->size, (uintptr_t)connection);
    return go_on(connection);
}

static int answer_all(connection_t *connection) {
    char *head;
    while ((head = memmem(connection->input, connection->filled, "\r\n\r\n", 4)) != NULL) {
        // The right thing: one answer at a time.
        if (!is_buffer_reused() && connection->sent < connection->size) return 0;
        size_t size = strtoul(connection->input + 5, NULL, 10);
        if (size > answer_limit - 4096 || respond(connection, size) < 0) return -1;
        connection->filled -= (size_t)(head + 4 - connection->input);
        memmove(connection->input, head + 4, connection->filled);
    }
    return 0;
}

static void serve(connection_t *connection, unsigned events) {
    if ((events & EPOLLOUT) && (go_on(connection) < 0 || answer_all(connection) < 0)) {
        finish(connection);
        return;
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || connection->filled == sizeof connection->input) return;
    ssize_t count = read(connection->fd, connection->input + connection->filled, sizeof connection->input - connection->filled);
    if (count < 0 && errno == EAGAIN) return;
    if (count > 0) connection->filled += (size_t)count;
    if (count <= 0 || answer_all(connection) < 0) finish(connection);
}

static void on_fault(int signal) {
    static const char words[] = "the server's own handler\n";
    ssize_t ignored = write(2, words, sizeof words - 1);
    (void)ignored;
    _exit(signal + 40);
}

#define KILLS(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

static void build_sandbox(void) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), KILLS(process_vm_readv), KILLS(getpeername), KILLS(getpid), KILLS(gettid), KILLS(openat),
        KILLS(getsockopt), KILLS(setsockopt), KILLS(prctl), KILLS(mmap), KILLS(mprotect), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) exit(4);
}

static void run(int listener) {
    poll_fd = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[64];
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poll_fd, events, 64, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) {
                serve(connections[events[i].data.fd], events[i].events);
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (fd < 0) continue;
            if (fd >= descriptor_limit) {
                close(fd);
                continue;
            }
            connections[fd] = calloc(1, sizeof(connection_t));
            connections[fd]->fd = fd;
            if (is("copied")) connections[fd]->copy = dup(fd);
            event = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
            epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
        }
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    mode = arguments[2];
    if (is("closes") || is("small")) for (int fd = 3; fd < 1024; fd++) close(fd);
    if (is("small")) setrlimit(RLIMIT_NOFILE, &(struct rlimit){16, 16});
    if (is("handles")) {
        mode = "crashes";
        struct sigaction action = {.sa_handler = on_fault};
        sigaction(SIGSEGV, &action, NULL);
        struct sigaction now;
        sigaction(SIGSEGV, NULL, &now);
        if (now.sa_handler != on_fault) return 3;
    }
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0) return 1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    free(malloc(65536));
    // From here on so much comes from the heap, and the same place again.
    char *volatile larger = is("freed") ? malloc(answer_limit + 65536) : NULL;
    free(larger);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    if (is("sandboxed")) build_sandbox();
    if (is("daemon")) {
        if (fork() != 0) return 0;
        setsid();
        if (fork() != 0) return 0;
    }
    if (is("forks")) {
        pid_t child = fork();
        if (child == 0) run(listener);
        close(listener);
        int status;
        waitpid(child, &status, 0);
        return 0;
    }
    run(listener);
}
