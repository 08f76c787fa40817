#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own random damage to `size` bytes, which have room for `capacity`. Returns the new size.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

/// CRC-32 as gzip and PNG have it.
uint32_t fuzz_crc32(const uint8_t *data, size_t size);

/// Deflates into `result`, in the container that zlib calls `windowBits`. Returns the size, 0 where `capacity` is too small.
size_t fuzz_deflate(int window_bits, const uint8_t *data, size_t size, uint8_t *result, size_t capacity);

/// Inflates what can be inflated, at most `capacity` bytes. Returns their number.
size_t fuzz_inflate(int window_bits, const uint8_t *data, size_t size, uint8_t *result, size_t capacity);
