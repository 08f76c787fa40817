#pragma once
#include <stddef.h>
#include <stdint.h>

// libjpeg reports an error by calling a function that must not return, so it jumps, and no jump may cross a Swift
// frame. These functions catch it here.

enum { CJPEGMessageLength = 200 };

/// What became of a file.
typedef enum {
  CJPEGSucceeded,
  CJPEGDamaged,      // a message says where
  CJPEGUnsupported,  // of a kind that libjpeg does not read; a message says which
  CJPEGFourInks,     // CMYK or YCCK
  CJPEGTooLarge,     // width and height are known
  CJPEGFailed,       // nothing to do with the file: no memory
} CJPEGOutcome;

typedef struct {
  uint32_t width;
  uint32_t height;
  int channels;      // 1 grey, 3 RGB
  uint8_t *samples;  // height × width × channels, as the file has them; NULL where only the header was read
  int orientation;   // of EXIF, 1 to 8: how a viewer turns it; 1 where the file does not say
  int remarkCount;   // oddities that touch no pixel
  char remark[CJPEGMessageLength];  // the first of them
} CJPEGImage;

typedef struct {
  uint8_t *bytes;
  size_t count;
} CJPEGBytes;

/// Width, height and orientation, without the pixels.
CJPEGOutcome CJPEGReadHeader(const uint8_t *bytes, size_t count, CJPEGImage *image, char *message);

/// Decodes to 8-bit samples. What libjpeg warns of is an oddity or damage, by one list.
CJPEGOutcome CJPEGDecode(
  const uint8_t *bytes, size_t count, uint64_t largestPixelCount, CJPEGImage *image, char *message);
void CJPEGFreeImage(CJPEGImage *image);

/// Encodes grey (1 channel) or RGB (3 channels) as a baseline file without chroma subsampling.
CJPEGOutcome CJPEGEncode(
  const uint8_t *samples, uint32_t width, uint32_t height, int channels, int quality, CJPEGBytes *encoded,
  char *message);
void CJPEGFreeBytes(CJPEGBytes *encoded);
