// Texts: put together from pieces, compared, and numbers as their digits.
#ifndef TEXT_H
#define TEXT_H

#include "contract/names.h"

// A text that stands in the program.
Text text(const char *words);
// A whole number as its digits.
Text digits(int64_t number);
// Texts one after the other.
Text joined(const Text *pieces, size_t count);
#define JOINED(...) joined((Text[]){__VA_ARGS__}, sizeof((Text[]){__VA_ARGS__}) / sizeof(Text))
bool is_same(Text one, Text other);
// Memory that must be there.
void *taken(size_t size);

#endif
