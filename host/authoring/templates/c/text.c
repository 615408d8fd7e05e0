#include "text.h"

#include <stdlib.h>
#include <string.h>

void *taken(size_t size) {
    void *block = malloc(size);
    if (block == NULL) {
        // The host sees that memory ran out and says so.
        abort();
    }
    return block;
}

Text text(const char *words) {
    return (Text){(uint8_t *)words, strlen(words)};
}

Text digits(int64_t number) {
    enum { LONGEST = 20 };
    uint8_t *start = taken(LONGEST), *digit = start + LONGEST;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        *--digit = (uint8_t)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        *--digit = '-';
    }
    return (Text){digit, (size_t)(start + LONGEST - digit)};
}

Text joined(const Text *pieces, size_t count) {
    Text whole = {NULL, 0};
    for (size_t at = 0; at < count; at++) {
        whole.len += pieces[at].len;
    }
    uint8_t *end = whole.ptr = taken(whole.len);
    for (size_t at = 0; at < count; at++) {
        memcpy(end, pieces[at].ptr, pieces[at].len);
        end += pieces[at].len;
    }
    return whole;
}

bool is_same(Text one, Text other) {
    return one.len == other.len && memcmp(one.ptr, other.ptr, one.len) == 0;
}
