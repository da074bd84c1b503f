// The fence around libuv and the socket calls that go with it.
#pragma once
#include <uv.h>
