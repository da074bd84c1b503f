#define _GNU_SOURCE
// A server on libuv with one bug of those that `highwater watch` is to find, or with none.
//
//   uvserver PORT [MODE]    prints its port; answers "GET /N" with N bytes, pipelined or not
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <uv.h>

enum { arena_size = 16 * 1024 * 1024, stack_size = 512 };

typedef struct {
    uv_tcp_t tcp;
    char input[65536];
    size_t filled;
    char *arena;
    size_t used;
    unsigned answers;
} connection_t;

typedef struct {
    uv_write_t request;
    connection_t *connection;
    char *bytes;
} answer_t;

static const char *mode;
static int is(const char *name) { return strcmp(mode, name) == 0; }

static void closed(uv_handle_t *handle) {
    connection_t *connection = handle->data;
    free(connection->arena);
    free(connection);
}

static void finish(connection_t *connection) {
    if (!uv_is_closing((uv_handle_t *)&connection->tcp)) uv_close((uv_handle_t *)&connection->tcp, closed);
}

static void *from_arena(connection_t *connection, size_t size) {
    // Most answers need a page; the pages of a large one stay for the connection's life.
    if (connection->arena == NULL) connection->arena = malloc(arena_size);
    void *memory = connection->arena + connection->used;
    connection->used += (size + 63) & ~(size_t)63;
    return memory;
}

// A name that evidence can be looked for by.
__attribute__((noinline)) static void fill_answer(char *bytes, size_t head, size_t count, unsigned number) {
    memset(bytes + head, 'a' + number % 26, count);
}

static size_t make(char *bytes, size_t count, unsigned number) {
    size_t head = (size_t)sprintf(bytes, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", count);
    fill_answer(bytes, head, count, number); if (is("late")) memset(bytes, 'x', count < 300 ? count : 300);
    return head + count;
}

static void written(uv_write_t *request, int status) {
    answer_t *answer = request->data;
    if (answer->connection != NULL && is("arena")) answer->connection->used = 0;
    if (status < 0 && answer->connection != NULL) finish(answer->connection);
    if (!is("arena")) {
        if (answer->bytes != NULL && !is("leaks")) free(answer->bytes);
        free(answer);
    }
}

__attribute__((noinline)) static void send_answer(connection_t *connection, answer_t *answer, char *bytes, size_t count) {
    uv_buf_t buffer = uv_buf_init(bytes, (unsigned)count);
    answer->request.data = answer;
    answer->connection = connection;
    uv_write(&answer->request, (uv_stream_t *)&connection->tcp, &buffer, 1, written);
}

__attribute__((noinline)) static void answer_from_stack(connection_t *connection, size_t count) {
    char bytes[stack_size];
    answer_t *answer = calloc(1, sizeof *answer);
    send_answer(connection, answer, bytes, make(bytes, count < 256 ? count : 256, connection->answers));
}

// The same mistake in many places, as in a server of many routes: each depth and each of two ways to free is one.
__attribute__((noinline)) static void free_elsewhere(char *bytes) {
    free(bytes);
    __asm__ volatile("");
}

__attribute__((noinline)) static void send_and_free(connection_t *connection, answer_t *answer, char *bytes, size_t size, unsigned depth, int elsewhere) {
    if (depth > 0) {
        send_and_free(connection, answer, bytes, size, depth - 1, elsewhere);
    } else {
        send_answer(connection, answer, bytes, size);
        if (elsewhere) free_elsewhere(bytes); else free(bytes);
    }
    __asm__ volatile("");
}

// A head of its own, and the connection's one page (`shared`: that of all connections), which is made again while it waits.
__attribute__((noinline)) static void send_in_parts(connection_t *connection, answer_t *answer, size_t count, unsigned number) {
    static char shared[arena_size];
    static unsigned shared_answers;
    connection->used = 0;
    char *page = is("shared") ? shared : from_arena(connection, count);
    answer->bytes = malloc(128);
    answer->request.data = answer;
    answer->connection = connection;
    fill_answer(page, 0, count, is("shared") ? shared_answers++ : number);
    uv_buf_t parts[] = {uv_buf_init(answer->bytes, (unsigned)sprintf(answer->bytes, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", count)), uv_buf_init(page, (unsigned)count)};
    uv_write_t *request = &answer->request;
    uv_write(request, (uv_stream_t *)&connection->tcp, parts, 2, written);
}

static void respond(connection_t *connection, size_t count) {
    unsigned number = is("constant") ? 0 : connection->answers++;
    if (is("stack")) {
        answer_from_stack(connection, count);
        return;
    }
    if (is("arena")) {
        // The answer before may still be on its way: its bytes and its request lie here.
        connection->used = 0;
        answer_t *answer = memset(from_arena(connection, sizeof *answer), 0, sizeof *answer);
        char *bytes = from_arena(connection, count + 128);
        send_answer(connection, answer, bytes, make(bytes, count, number));
        return;
    }
    answer_t *answer = calloc(1, sizeof *answer);
    if (is("buffer") || is("late") || is("constant")) {
        connection->used = 0;
        char *bytes = from_arena(connection, count + 128);
        send_answer(connection, answer, bytes, make(bytes, count, number));
        return;
    }
    if (is("parts") || is("shared")) {
        send_in_parts(connection, answer, count, number);
        return;
    }
    if (is("unmapped")) {
        char *mapped = mmap(NULL, count + 128, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        send_answer(connection, answer, mapped, make(mapped, count, number));
        munmap(mapped, count + 128);
        return;
    }
    char *bytes = malloc(count + 128);
    size_t size = make(bytes, count, number);
    if (is("freed")) {
        send_answer(connection, answer, bytes, size);
        free(bytes);
        return;
    }
    if (is("everywhere")) {
        send_and_free(connection, answer, bytes, size, number % 10, number / 10 % 2 == 1);
        return;
    }
    answer->bytes = bytes;
    send_answer(connection, answer, bytes, size);
}

static void room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    connection_t *connection = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(connection->input + connection->filled, (unsigned)(sizeof connection->input - connection->filled));
}

static void received(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    connection_t *connection = stream->data;
    (void)buffer;
    if (count < 0) {
        finish(connection);
        return;
    }
    connection->filled += (size_t)count;
    char *at = connection->input, *end = connection->input + connection->filled, *head;
    while ((head = memmem(at, (size_t)(end - at), "\r\n\r\n", 4)) != NULL) {
        size_t size = strtoul(at + 5, NULL, 10);
        if (size > arena_size - 4096) abort();
        respond(connection, size);
        at = head + 4;
    }
    connection->filled = (size_t)(end - at);
    memmove(connection->input, at, connection->filled);
}

static void accepted(uv_stream_t *server, int status) {
    if (status < 0) return;
    connection_t *connection = calloc(1, sizeof *connection);
    uv_tcp_init(server->loop, &connection->tcp);
    connection->tcp.data = connection;
    if (uv_accept(server, (uv_stream_t *)&connection->tcp) == 0) uv_read_start((uv_stream_t *)&connection->tcp, room, received);
    else finish(connection);
}

// A job within the event loop: nothing is answered meanwhile.
static void pause_all(uv_timer_t *timer) {
    (void)timer;
    for (uint64_t end = uv_hrtime() + 150 * 1000 * 1000ull; uv_hrtime() < end;) {}
}

static void stop(uv_signal_t *signal, int number) {
    (void)number;
    uv_stop(signal->loop);
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    mode = count > 2 ? arguments[2] : "right";
    uv_loop_t *loop = uv_default_loop();
    uv_tcp_t server;
    uv_signal_t signal;
    uv_timer_t timer;
    struct sockaddr_in address;
    int length = sizeof address;
    uv_ip4_addr("127.0.0.1", atoi(arguments[1]), &address);
    uv_tcp_init(loop, &server);
    if (uv_tcp_bind(&server, (struct sockaddr *)&address, 0) != 0 || uv_listen((uv_stream_t *)&server, 1024, accepted) != 0) return 1;
    uv_tcp_getsockname(&server, (struct sockaddr *)&address, &length);
    uv_signal_init(loop, &signal);
    uv_signal_start(&signal, stop, SIGTERM);
    uv_timer_init(loop, &timer);
    if (is("pauses")) uv_timer_start(&timer, pause_all, 500, 500);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    uv_run(loop, UV_RUN_DEFAULT);
    return 0;
}
