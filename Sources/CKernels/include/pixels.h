#pragma once
#include <stddef.h>
#include <stdint.h>

// pixels[i] = bytes[i] / 255, correctly rounded.
void kernels_write_pixels(const uint8_t *bytes, size_t count, float *pixels);
