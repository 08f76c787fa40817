#include "CFuzzer.h"

#include <string.h>
#include <zlib.h>

uint32_t fuzz_crc32(const uint8_t *data, size_t size) { return (uint32_t)crc32(0, data, (uInt)size); }

size_t fuzz_deflate(int window_bits, const uint8_t *data, size_t size, uint8_t *result, size_t capacity) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  stream.next_in = (Bytef *)data;
  stream.avail_in = (uInt)size;
  stream.next_out = result;
  stream.avail_out = (uInt)capacity;
  int isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  size_t count = capacity - stream.avail_out;
  deflateEnd(&stream);
  return isWhole ? count : 0;
}

size_t fuzz_inflate(int window_bits, const uint8_t *data, size_t size, uint8_t *result, size_t capacity) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (inflateInit2(&stream, window_bits) != Z_OK) return 0;
  stream.next_in = (Bytef *)data;
  stream.avail_in = (uInt)size;
  stream.next_out = result;
  stream.avail_out = (uInt)capacity;
  inflate(&stream, Z_FINISH);
  size_t count = capacity - stream.avail_out;
  inflateEnd(&stream);
  return count;
}
