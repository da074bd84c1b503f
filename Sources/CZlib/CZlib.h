// The fence around zlib.
#pragma once
#include <zlib.h>
