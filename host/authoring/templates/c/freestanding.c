// The few functions of a C library that a policy needs. A policy has no operating system, so there is nothing else of a
// C library to link, and nothing of WASI to import: a module that imports WASI is refused.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Where free memory begins; wasm-ld says so.
extern unsigned char __heap_base;

#define PAGE_BYTES 65536u
// Sizes stand in front of their blocks, which keeps blocks aligned for everything a record can hold.
#define HEADER_BYTES 8u

static uintptr_t end_of_used;

// Each evaluation has an instance of its own that is thrown away after it, so memory is only ever taken.
void *malloc(size_t size) {
    if (end_of_used == 0) {
        end_of_used = ((uintptr_t)&__heap_base + 7u) & ~(uintptr_t)7u;
    }
    size_t room = ((size + 7u) & ~(size_t)7u) + HEADER_BYTES;
    if (room < size || end_of_used + room < end_of_used) {
        return NULL;
    }
    uintptr_t start = end_of_used, held = __builtin_wasm_memory_size(0) * PAGE_BYTES;
    if (start + room > held) {
        size_t pages = (start + room - held + PAGE_BYTES - 1) / PAGE_BYTES;
        if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) {
            return NULL;
        }
    }
    *(size_t *)start = size;
    end_of_used = start + room;
    return (void *)(start + HEADER_BYTES);
}

void *realloc(void *old, size_t size) {
    void *block = malloc(size);
    if (block != NULL && old != NULL) {
        size_t before = *(size_t *)((uintptr_t)old - HEADER_BYTES);
        memcpy(block, old, before < size ? before : size);
    }
    return block;
}

void free(void *block) {
    (void)block;
}

_Noreturn void abort(void) {
    __builtin_trap();
}

// The loops below must not become calls of the functions that they are.
#define NO_BUILTIN __attribute__((no_builtin))

NO_BUILTIN void *memcpy(void *to, const void *from, size_t size) {
    unsigned char *target = to;
    const unsigned char *source = from;
    while (size-- > 0) {
        *target++ = *source++;
    }
    return to;
}

NO_BUILTIN void *memmove(void *to, const void *from, size_t size) {
    unsigned char *target = to;
    const unsigned char *source = from;
    if (target <= source) {
        return memcpy(to, from, size);
    }
    while (size-- > 0) {
        target[size] = source[size];
    }
    return to;
}

NO_BUILTIN void *memset(void *to, int byte, size_t size) {
    unsigned char *target = to;
    while (size-- > 0) {
        *target++ = (unsigned char)byte;
    }
    return to;
}

NO_BUILTIN int memcmp(const void *one, const void *other, size_t size) {
    const unsigned char *left = one, *right = other;
    for (; size > 0; size--, left++, right++) {
        if (*left != *right) {
            return *left - *right;
        }
    }
    return 0;
}

NO_BUILTIN size_t strlen(const char *text) {
    const char *end = text;
    while (*end != '\0') {
        end++;
    }
    return (size_t)(end - text);
}
