#pragma once
#include <stddef.h>
#include <stdint.h>

// libpng reports an error by longjmp, which must not cross a Swift frame. These functions catch it here and
// give back 0 with a message, or 1 with a result that the matching free function releases.

enum { CPNGMessageLength = 200 };

typedef struct {
  char *key;    // Latin-1, as the PNG standard says
  char *value;  // UTF-8 when isUTF8, otherwise Latin-1
  int isUTF8;
} CPNGText;

typedef struct {
  uint32_t width;
  uint32_t height;
  int channels;      // 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
  uint8_t *samples;  // height × width × channels, 8 bits each
  int is16Bit;       // whether samples of 16 bits were rounded to 8
  int remarkCount;   // what libpng warned of that touches no pixel
  char remark[CPNGMessageLength];  // the first of them
  size_t textCount;
  CPNGText *text;
} CPNGImage;

typedef struct {
  uint8_t *bytes;
  size_t count;
} CPNGBytes;

/// Decodes a PNG of any colour type and depth to 8-bit samples; palettes are looked up, 16 bits rounded to 8.
/// A bad checksum, a missing end and a palette index without a colour are errors. What libpng warns of is an oddity or
/// an error, by one list.
int CPNGDecode(
  const uint8_t *bytes, size_t count, uint64_t largestPixelCount, CPNGImage *image, char *message);
void CPNGFreeImage(CPNGImage *image);

/// Encodes 8-bit grey (1 channel) or RGB (3 channels). Text that is UTF-8 becomes iTXt, other text tEXt.
int CPNGEncode(
  const uint8_t *samples, uint32_t width, uint32_t height, int channels, const CPNGText *text,
  size_t textCount, CPNGBytes *encoded, char *message);
void CPNGFreeBytes(CPNGBytes *encoded);
