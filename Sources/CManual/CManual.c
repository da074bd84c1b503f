#include "CManual.h"

#include <stddef.h>
#include <string.h>

// From C23, and in clang for every C.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct {
    const char *name;
    const char *text;
} pages[] = {
    {"benchmarks", (const char[]){
#embed "../highwater/Manual.docc/benchmarks.md" suffix(, 0)
    }},
    {"continuous-integration", (const char[]){
#embed "../highwater/Manual.docc/continuous-integration.md" suffix(, 0)
    }},
    {"dashboard", (const char[]){
#embed "../highwater/Manual.docc/dashboard.md" suffix(, 0)
    }},
    {"embedded-server", (const char[]){
#embed "../highwater/Manual.docc/embedded-server.md" suffix(, 0)
    }},
    {"highwater", (const char[]){
#embed "../highwater/Manual.docc/highwater.md" suffix(, 0)
    }},
    {"lifetime-lab", (const char[]){
#embed "../highwater/Manual.docc/lifetime-lab.md" suffix(, 0)
    }},
    {"limits", (const char[]){
#embed "../highwater/Manual.docc/limits.md" suffix(, 0)
    }},
    {"many-machines", (const char[]){
#embed "../highwater/Manual.docc/many-machines.md" suffix(, 0)
    }},
    {"measuring", (const char[]){
#embed "../highwater/Manual.docc/measuring.md" suffix(, 0)
    }},
    {"predictable-bodies", (const char[]){
#embed "../highwater/Manual.docc/predictable-bodies.md" suffix(, 0)
    }},
    {"recording-format", (const char[]){
#embed "../highwater/Manual.docc/recording-format.md" suffix(, 0)
    }},
    {"recordings", (const char[]){
#embed "../highwater/Manual.docc/recordings.md" suffix(, 0)
    }},
    {"scenario-reference", (const char[]){
#embed "../highwater/Manual.docc/scenario-reference.md" suffix(, 0)
    }},
    {"scenarios", (const char[]){
#embed "../highwater/Manual.docc/scenarios.md" suffix(, 0)
    }},
    {"summary", (const char[]){
#embed "../highwater/Manual.docc/summary.md" suffix(, 0)
    }},
    {"test-your-server", (const char[]){
#embed "../highwater/Manual.docc/test-your-server.md" suffix(, 0)
    }},
    {"watch-your-server", (const char[]){
#embed "../highwater/Manual.docc/watch-your-server.md" suffix(, 0)
    }},
    {"your-server-on-the-panels", (const char[]){
#embed "../highwater/Manual.docc/your-server-on-the-panels.md" suffix(, 0)
    }},
};

const char *hw_manual_page(const char *name) {
    for (size_t index = 0; index < sizeof pages / sizeof *pages; index++)
        if (strcmp(pages[index].name, name) == 0) return pages[index].text;
    return NULL;
}
