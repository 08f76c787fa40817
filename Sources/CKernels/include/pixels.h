#pragma once
#include <stddef.h>
#include <stdint.h>

// pixels[i] = bytes[i] / 255, correctly rounded.
void kernels_write_pixels(const uint8_t *bytes, size_t count, float *pixels);

/// Calls the cache lines of a stretch of memory that is read soon.
void kernels_prefetch(const void *bytes, size_t count);
