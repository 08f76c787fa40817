#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Everything that must survive a longjmp lives in these structs, not in local variables.

typedef struct {
  jmp_buf onError;
  char *message;
  CPNGImage *image;  // NULL while encoding
} ErrorTarget;

static void fail(png_structp png, png_const_charp text) {
  ErrorTarget *target = png_get_error_ptr(png);
  snprintf(target->message, CPNGMessageLength, "%s", text);
  longjmp(target->onError, 1);
}

// MARK: Decoding

typedef struct {
  ErrorTarget errors;
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count;
  size_t position;
  png_bytep *rows;
  uint8_t *indices;  // samples of a palette image before its colours are looked up
} Decoder;

// The one list of warnings. libpng has no numbers for them, but names the chunk in front ("tRNS: out of place"). Those
// listed touch no pixel: the image is as its maker meant it. Every other one means that colours or transparency were
// dropped.
static int isHarmless(png_structp png, png_const_charp text) {
  // More data than the image has pixels: a surplus, and all pixels are there.
  static const char *const surplus[] = {
    "xtra compress", "oo much image data", "Too many IDATs", "IDAT: chunk data is too large"};
  for (size_t index = 0; index < sizeof surplus / sizeof *surplus; index++) {
    if (strstr(text, surplus[index]) != NULL) return 1;
  }
  // Profiles of colour and times are not used.
  static const char *const unused[] = {"sRGB", "invalid time value", "fixed point overflow"};
  for (size_t index = 0; index < sizeof unused / sizeof *unused; index++) {
    if (strstr(text, unused[index]) != NULL) return 1;
  }
  if (strlen(text) < 6 || strncmp(text + 4, ": ", 2) != 0) return 0;
  if (strncmp(text, "IHDR", 4) == 0 || strncmp(text, "IDAT", 4) == 0 || strncmp(text, "tRNS", 4) == 0) return 0;
  // Beside full colours a palette is a mere suggestion.
  if (strncmp(text, "PLTE", 4) == 0) {
    Decoder *decoder = png_get_io_ptr(png);
    return png_get_color_type(png, decoder->info) != PNG_COLOR_TYPE_PALETTE;
  }
  return 1;
}

static void handleWarning(png_structp png, png_const_charp text) {
  ErrorTarget *target = png_get_error_ptr(png);
  if (target->image == NULL) return;
  if (!isHarmless(png, text)) fail(png, text);
  if (target->image->remarkCount++ == 0) snprintf(target->image->remark, CPNGMessageLength, "%s", text);
}

static void readBytes(png_structp png, png_bytep destination, size_t count) {
  Decoder *decoder = png_get_io_ptr(png);
  if (count > decoder->count - decoder->position) png_error(png, "the file ends too early");
  memcpy(destination, decoder->bytes + decoder->position, count);
  decoder->position += count;
}

static void *allocate(png_structp png, size_t count) {
  void *memory = malloc(count > 0 ? count : 1);
  if (memory == NULL) png_error(png, "not enough memory");
  return memory;
}

static char *copy(png_structp png, const char *text, size_t length) {
  char *result = allocate(png, length + 1);
  memcpy(result, text, length);
  result[length] = 0;
  return result;
}

static void copyText(Decoder *decoder, CPNGImage *image) {
  png_textp text = NULL;
  int count = 0;
  png_get_text(decoder->png, decoder->info, &text, &count);
  if (count <= 0) return;
  image->text = calloc((size_t)count, sizeof(CPNGText));
  if (image->text == NULL) png_error(decoder->png, "not enough memory");
  image->textCount = (size_t)count;
  for (int index = 0; index < count; index++) {
    int isUTF8 = text[index].compression >= PNG_ITXT_COMPRESSION_NONE;
    size_t length = isUTF8 ? text[index].itxt_length : text[index].text_length;
    image->text[index].isUTF8 = isUTF8;
    image->text[index].key = copy(decoder->png, text[index].key, strlen(text[index].key));
    image->text[index].value = copy(decoder->png, text[index].text ? text[index].text : "", length);
  }
}

static void lookUpColours(Decoder *decoder, CPNGImage *image) {
  png_colorp palette = NULL;
  int colourCount = 0;
  png_get_PLTE(decoder->png, decoder->info, &palette, &colourCount);
  png_bytep alpha = NULL;
  int alphaCount = 0;
  png_get_tRNS(decoder->png, decoder->info, &alpha, &alphaCount, NULL);
  size_t pixelCount = (size_t)image->width * image->height;
  uint8_t *sample = image->samples;
  for (size_t pixel = 0; pixel < pixelCount; pixel++) {
    int index = decoder->indices[pixel];
    if (index >= colourCount) png_error(decoder->png, "a pixel names a colour that the palette lacks");
    *sample++ = palette[index].red;
    *sample++ = palette[index].green;
    *sample++ = palette[index].blue;
    if (image->channels == 4) *sample++ = index < alphaCount ? alpha[index] : 255;
  }
}

static void readImage(Decoder *decoder, CPNGImage *image, uint64_t largestPixelCount) {
  png_structp png = decoder->png;
  png_infop info = decoder->info;
  png_set_read_fn(png, decoder, readBytes);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  // A small file must not be able to claim much memory: neither by its text chunks nor by its header.
  png_set_chunk_malloc_max(png, 1 << 20);
  png_set_chunk_cache_max(png, 128);
  png_set_user_limits(png, 1 << 20, 1 << 20);
  png_read_info(png, info);

  image->width = png_get_image_width(png, info);
  image->height = png_get_image_height(png, info);
  int type = png_get_color_type(png, info);
  char problem[CPNGMessageLength];
  if ((uint64_t)image->width * image->height > largestPixelCount) {
    snprintf(
      problem, sizeof problem, "an image of %u×%u pixels is larger than the limit of %llu pixels",
      image->width, image->height, (unsigned long long)largestPixelCount);
    png_error(png, problem);
  }
  // Deflate shrinks at most 1032-fold (zlib's technical notes).
  if ((uint64_t)png_get_rowbytes(png, info) * image->height / 1032 > decoder->count) {
    snprintf(
      problem, sizeof problem, "the header announces %u×%u pixels, which %llu bytes cannot hold",
      image->width, image->height, (unsigned long long)decoder->count);
    png_error(png, problem);
  }

  image->is16Bit = png_get_bit_depth(png, info) == 16;
  int isPalette = type == PNG_COLOR_TYPE_PALETTE;
  int hasTransparency = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  png_set_scale_16(png);
  if (isPalette) {
    png_set_packing(png);
  } else {
    png_set_expand_gray_1_2_4_to_8(png);
    if (hasTransparency) png_set_tRNS_to_alpha(png);
  }
  png_set_interlace_handling(png);
  png_read_update_info(png, info);

  size_t rowLength = png_get_rowbytes(png, info);
  image->channels = isPalette ? (hasTransparency ? 4 : 3) : png_get_channels(png, info);
  image->samples = allocate(png, (size_t)image->width * image->height * (size_t)image->channels);
  uint8_t *destination = image->samples;
  if (isPalette) destination = decoder->indices = allocate(png, rowLength * image->height);
  decoder->rows = allocate(png, image->height * sizeof(png_bytep));
  for (uint32_t row = 0; row < image->height; row++) decoder->rows[row] = destination + row * rowLength;
  png_read_image(png, decoder->rows);
  png_read_end(png, info);
  if (isPalette) lookUpColours(decoder, image);
  copyText(decoder, image);
}

int CPNGDecode(
  const uint8_t *bytes, size_t count, uint64_t largestPixelCount, CPNGImage *image, char *message) {
  Decoder decoder = {.bytes = bytes, .count = count, .errors.message = message, .errors.image = image};
  memset(image, 0, sizeof *image);
  // What is allocated after setjmp is reached through this pointer, so a jump cannot leave it in a register.
  Decoder *volatile state = &decoder;
  volatile int succeeded = 0;
  if (setjmp(state->errors.onError) == 0) {
    state->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state->errors, fail, handleWarning);
    state->info = state->png ? png_create_info_struct(state->png) : NULL;
    if (state->info != NULL) {
      readImage(state, image, largestPixelCount);
      succeeded = 1;
    } else {
      snprintf(message, CPNGMessageLength, "libpng cannot be started");
    }
  }
  if (state->png != NULL) png_destroy_read_struct(&state->png, &state->info, NULL);
  free(state->rows);
  free(state->indices);
  if (!succeeded) CPNGFreeImage(image);
  return succeeded;
}

void CPNGFreeImage(CPNGImage *image) {
  for (size_t index = 0; index < image->textCount; index++) {
    free(image->text[index].key);
    free(image->text[index].value);
  }
  free(image->text);
  free(image->samples);
  memset(image, 0, sizeof *image);
}

// MARK: Encoding

typedef struct {
  ErrorTarget errors;
  png_structp png;
  png_infop info;
  CPNGBytes *encoded;
  size_t capacity;
  png_textp text;
} Encoder;

static void writeBytes(png_structp png, png_bytep source, size_t count) {
  Encoder *encoder = png_get_io_ptr(png);
  CPNGBytes *encoded = encoder->encoded;
  if (encoded->count + count > encoder->capacity) {
    size_t capacity = 2 * (encoded->count + count) + 4096;
    uint8_t *larger = realloc(encoded->bytes, capacity);
    if (larger == NULL) png_error(png, "not enough memory");
    encoded->bytes = larger;
    encoder->capacity = capacity;
  }
  memcpy(encoded->bytes + encoded->count, source, count);
  encoded->count += count;
}

static void flushNothing(png_structp png) { (void)png; }

static void writeImage(
  Encoder *encoder, const uint8_t *samples, uint32_t width, uint32_t height, int channels,
  const CPNGText *text, size_t textCount) {
  png_structp png = encoder->png;
  png_infop info = encoder->info;
  png_set_write_fn(png, encoder, writeBytes, flushNothing);
  // Fixed settings and no time chunk: the same image gives the same bytes. Of a picture of many megapixels, which are
  // photographs then and no sheets of flat colours, the last percent takes most of the time.
  png_set_compression_level(png, (uint64_t)width * height > (1 << 22) ? 3 : 9);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_set_IHDR(
    png, info, width, height, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (textCount > 0) {
    encoder->text = calloc(textCount, sizeof(png_text));
    if (encoder->text == NULL) png_error(png, "not enough memory");
    for (size_t index = 0; index < textCount; index++) {
      png_textp chunk = &encoder->text[index];
      chunk->compression = text[index].isUTF8 ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE;
      chunk->key = text[index].key;
      chunk->text = text[index].value;
      chunk->text_length = strlen(text[index].value);
    }
    png_set_text(png, info, encoder->text, (int)textCount);
  }
  png_write_info(png, info);
  size_t rowLength = (size_t)width * (size_t)channels;
  for (uint32_t row = 0; row < height; row++) png_write_row(png, samples + row * rowLength);
  png_write_end(png, info);
}

int CPNGEncode(
  const uint8_t *samples, uint32_t width, uint32_t height, int channels, const CPNGText *text,
  size_t textCount, CPNGBytes *encoded, char *message) {
  Encoder encoder = {.encoded = encoded, .errors.message = message};
  memset(encoded, 0, sizeof *encoded);
  Encoder *volatile state = &encoder;
  volatile int succeeded = 0;
  if (setjmp(state->errors.onError) == 0) {
    state->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state->errors, fail, handleWarning);
    state->info = state->png ? png_create_info_struct(state->png) : NULL;
    if (state->info != NULL) {
      writeImage(state, samples, width, height, channels, text, textCount);
      succeeded = 1;
    } else {
      snprintf(message, CPNGMessageLength, "libpng cannot be started");
    }
  }
  if (state->png != NULL) png_destroy_write_struct(&state->png, &state->info);
  free(state->text);
  if (!succeeded) CPNGFreeBytes(encoded);
  return succeeded;
}

void CPNGFreeBytes(CPNGBytes *encoded) {
  free(encoded->bytes);
  memset(encoded, 0, sizeof *encoded);
}
