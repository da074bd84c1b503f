// libuv's writes: in the ledger from uv_write to its callback, which the probe takes before the program.
#include "Probe.h"
#include <uv.h>
#include "include/highwater.h"

static void done(uv_write_t *request, int status) {
    const void *callback = NULL;
    COUNT(uv_done, 1);
    hw_ledger_end(request, false, __builtin_frame_address(0), &callback, HW_CALLER());
    if (callback != NULL) ((uv_write_cb)(uintptr_t)callback)(request, status);
}

const void *const hw_uv_callback = (const void *)done;
size_t hw_uv_request_size(void) { return sizeof(uv_write_t); }

void hw_uv_fields(const void *memory, struct hw_request_fields *fields) {
    uv_write_t request;
    memcpy(&request, memory, sizeof request);
    *fields = (struct hw_request_fields){(uintptr_t)request.cb, (uintptr_t)request.handle, request.nbufs};
}

typedef int write_call(uv_write_t *, uv_stream_t *, const uv_buf_t *, unsigned, uv_write_cb);
typedef int write2_call(uv_write_t *, uv_stream_t *, const uv_buf_t *, unsigned, uv_stream_t *, uv_write_cb);

// Parts beyond are not compared: a request of more buffers is rare, and its first ones tell enough.
enum { part_limit = 16 };

static int audited(write_call *write, write2_call *write2, uv_write_t *request, uv_stream_t *stream, const uv_buf_t *buffers, unsigned count, uv_stream_t *sent, uv_write_cb callback, uintptr_t site) {
    struct hw_part parts[part_limit];
    size_t part_count = count < part_limit ? count : part_limit;
    for (size_t i = 0; i < part_count; i++) parts[i] = (struct hw_part){buffers[i].base, buffers[i].len};
    hw_set_flag(hw_saw_uv);
    COUNT(uv_writes, 1);
    struct hw_write entry = {
        .request = request, .callback = (const void *)callback, .stream = stream, .parts = parts, .part_count = part_count,
        .buffer_count = count, .fd = stream->io_watcher.fd, .caller = site,
    };
    hw_ledger_check_stream(&entry);
    bool is_listed = hw_ledger_begin(&entry);
    if (is_listed) callback = done;
    size_t queued = stream->write_queue_size;
    // uv_write calls uv_write2 through the PLT, which leads here again.
    hw_thread.uv_depth++;
    hw_thread.uv_site = site;
    int result = write2 != NULL ? write2(request, stream, buffers, count, sent, callback) : write(request, stream, buffers, count, callback);
    hw_thread.uv_depth--;
    int error = errno;
    size_t left = stream->write_queue_size > queued ? stream->write_queue_size - queued : 0;
    if (result == 0 && left == 0) COUNT(uv_direct, 1);
    else if (result == 0) {
        COUNT(uv_queued, 1);
        COUNT(uv_queued_bytes, left);
    }
    entry.is_direct = left == 0;
    if (is_listed && result == 0) hw_ledger_settle(&entry);
    else if (is_listed) hw_ledger_cancel(request);
    errno = error;
    return result;
}

// A libuv with other structures than those that the probe was built with passes unaudited.
static bool has_our_layout(const void *next, uintptr_t site) {
    static const void *known;
    if (__atomic_load_n(&known, __ATOMIC_RELAXED) == next) return true;
    size_t (*request_size)(uv_req_type) = hw_callee(site, hw_uv_req_size);
    size_t (*handle_size)(uv_handle_type) = hw_callee(site, hw_uv_handle_size);
    if (request_size == NULL || handle_size == NULL || request_size(UV_WRITE) != sizeof(uv_write_t) || handle_size(UV_TCP) != sizeof(uv_tcp_t)) return false;
    __atomic_store_n(&known, next, __ATOMIC_RELAXED);
    return true;
}

static bool is_audited(void) { return hw_thread.uv_depth == 0 && hw_self.process != NULL && hw_self.can_look; }

HW_EXPORT int uv_write(uv_write_t *request, uv_stream_t *stream, const uv_buf_t *buffers, unsigned count, uv_write_cb callback) {
    uintptr_t site = hw_thread.uv_depth != 0 ? hw_thread.uv_site : HW_CALLER();
    write_call *next = hw_callee(site, hw_uv_write);
    if (next == NULL) return UV_ENOSYS;
    return is_audited() && has_our_layout((const void *)next, site) ? audited(next, NULL, request, stream, buffers, count, NULL, callback, site) : next(request, stream, buffers, count, callback);
}

HW_EXPORT int uv_write2(uv_write_t *request, uv_stream_t *stream, const uv_buf_t *buffers, unsigned count, uv_stream_t *sent, uv_write_cb callback) {
    uintptr_t site = hw_thread.uv_depth != 0 ? hw_thread.uv_site : HW_CALLER();
    write2_call *next = hw_callee(site, hw_uv_write2);
    if (next == NULL) return UV_ENOSYS;
    return is_audited() && has_our_layout((const void *)next, site) ? audited(NULL, next, request, stream, buffers, count, sent, callback, site) : next(request, stream, buffers, count, sent, callback);
}

// For a libuv within the program: its own code, past the jump that Detour.c put at its entry.
write_call *hw_detoured_write;
write2_call *hw_detoured_write2;

int hw_detour_write(uv_write_t *request, uv_stream_t *stream, const uv_buf_t *buffers, unsigned count, uv_write_cb callback) {
    return is_audited() ? audited(hw_detoured_write, NULL, request, stream, buffers, count, NULL, callback, HW_CALLER())
                        : hw_detoured_write(request, stream, buffers, count, callback);
}

int hw_detour_write2(uv_write_t *request, uv_stream_t *stream, const uv_buf_t *buffers, unsigned count, uv_stream_t *sent, uv_write_cb callback) {
    return is_audited() ? audited(NULL, hw_detoured_write2, request, stream, buffers, count, sent, callback, HW_CALLER())
                        : hw_detoured_write2(request, stream, buffers, count, sent, callback);
}

// A queue of the program's own: all its writes count as waiting, since the probe cannot know better.
HW_EXPORT void hw_pending_begin(const void *bytes, size_t count, unsigned long long id) {
    if (hw_self.process == NULL) return;
    hw_set_flag(hw_saw_pending_calls);
    struct hw_part part = {bytes, count};
    struct hw_write entry = {.request = (void *)(uintptr_t)id, .parts = &part, .part_count = 1, .buffer_count = 1, .fd = -1, .is_own_queue = true, .caller = HW_CALLER()};
    if (hw_ledger_begin(&entry)) hw_ledger_settle(&entry);
}

HW_EXPORT void hw_pending_end(unsigned long long id) {
    const void *callback;
    hw_ledger_end((void *)(uintptr_t)id, true, __builtin_frame_address(0), &callback, HW_CALLER());
}
