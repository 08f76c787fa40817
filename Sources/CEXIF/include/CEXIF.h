#pragma once
#include <stddef.h>
#include <stdint.h>

/// How a camera noted that an image is to be turned: tag 0x0112 of the first directory (EXIF 2.3, 4.6.4 A), by libexif.
///
/// bytes: "Exif", two zeros, and a TIFF structure, as a JPEG has it in APP1. Returns 1 to 8; 0 where it does not say.
int CEXIFOrientation(const uint8_t *bytes, size_t count);
