// The fence around nghttp2.
#pragma once
#include <nghttp2/nghttp2.h>
