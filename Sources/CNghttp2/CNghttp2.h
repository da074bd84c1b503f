// The fence around nghttp2: enum constants as plain integers, where Swift sees structs.
#pragma once
#include <nghttp2/nghttp2.h>

static const uint8_t hw_flag_end_stream = NGHTTP2_FLAG_END_STREAM;
static const uint8_t hw_flag_ack = NGHTTP2_FLAG_ACK;
static const uint32_t hw_data_flag_eof = NGHTTP2_DATA_FLAG_EOF;
static const uint32_t hw_data_flag_no_copy = NGHTTP2_DATA_FLAG_NO_COPY;
static const uint8_t hw_nv_no_copy = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE;
static const int hw_err_deferred = NGHTTP2_ERR_DEFERRED;
static const int hw_err_would_block = NGHTTP2_ERR_WOULDBLOCK;
static const int hw_err_callback_failure = NGHTTP2_ERR_CALLBACK_FAILURE;
static const int hw_err_temporal_callback_failure = NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
static const int hw_err_http_header = NGHTTP2_ERR_HTTP_HEADER;
static const int hw_err_http_messaging = NGHTTP2_ERR_HTTP_MESSAGING;
