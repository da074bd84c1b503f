// The fence around zlib.
#pragma once
#include <zlib.h>

// A stream that makes gzip, or reads it (RFC 1952). Z_OK, or zlib's code.
static inline int hw_deflate_gzip(z_stream *stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
}
static inline int hw_inflate_gzip(z_stream *stream) { return inflateInit2(stream, MAX_WBITS + 16); }
