// The fence around libyaml.
#pragma once
#include <yaml.h>
