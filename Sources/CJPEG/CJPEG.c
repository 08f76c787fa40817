#include "CJPEG.h"
#include "CEXIF.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// Everything that must survive a longjmp lives in these structs, not in local variables.

typedef struct {
  struct jpeg_error_mgr base;  // first, so that its address is this struct's
  jmp_buf onError;
  CJPEGOutcome outcome;
  char *message;
  CJPEGImage *image;  // NULL while encoding
} Errors;

static _Noreturn void fail(j_common_ptr codec, CJPEGOutcome outcome) {
  Errors *errors = (Errors *)codec->err;
  char text[JMSG_LENGTH_MAX];
  errors->base.format_message(codec, text);
  snprintf(errors->message, CJPEGMessageLength, "%s", text);
  errors->outcome = outcome;
  longjmp(errors->onError, 1);
}

// Errors of a file that is whole and of a kind that libjpeg, as it is built here, does not read.
static CJPEGOutcome outcomeOfError(int code) {
  switch (code) {
    case JERR_OUT_OF_MEMORY:
      return CJPEGFailed;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
    case JERR_WIDTH_OVERFLOW:
      return CJPEGUnsupported;
    default:
      return CJPEGDamaged;
  }
}

static _Noreturn void handleError(j_common_ptr codec) { fail(codec, outcomeOfError(codec->err->msg_code)); }

// The one list of warnings. Those named here touch no pixel: the image is as its maker meant it. Every other one means
// that pixels were lost or guessed, and a half-grey image must not enter a data set.
static int isHarmless(j_common_ptr codec) {
  switch (codec->err->msg_code) {
    case JWRN_JFIF_MAJOR:   // a version of JFIF that libjpeg does not know; it decides nothing
    case JWRN_ADOBE_XFORM:  // an unknown number of Adobe's, beside which the usual colours are taken
    case JWRN_BOGUS_ICC:    // a damaged profile of colours, and profiles are not used
      return 1;
    case JWRN_JPEG_EOF:
      // No end. Had data of the scan been missing, another warning would have come for them; of several scans whole ones
      // may be missing.
      return codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > 0
        && !jpeg_has_multiple_scans((j_decompress_ptr)codec);
    case JWRN_EXTRANEOUS_DATA:
      // Before the first scan they stand between segments. Behind it they may be data that were not understood.
      return codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number == 0;
    default:
      return 0;
  }
}

static void handleMessage(j_common_ptr codec, int level) {
  if (level >= 0) return;  // a trace
  Errors *errors = (Errors *)codec->err;
  if (!isHarmless(codec) || errors->image == NULL) fail(codec, CJPEGDamaged);
  if (errors->image->remarkCount++ == 0) {
    char text[JMSG_LENGTH_MAX];
    errors->base.format_message(codec, text);
    snprintf(errors->image->remark, CJPEGMessageLength, "%s", text);
  }
}

static void printNothing(j_common_ptr codec) { (void)codec; }

static struct jpeg_error_mgr *prepare(Errors *errors, CJPEGImage *image, char *message) {
  struct jpeg_error_mgr *base = jpeg_std_error(&errors->base);
  base->error_exit = handleError;
  base->emit_message = handleMessage;
  base->output_message = printNothing;
  errors->outcome = CJPEGFailed;
  errors->message = message;
  errors->image = image;
  return base;
}

// MARK: Decoding

// A progressive file of some kilobytes can hold thousands of scans, each as much work as the image.
enum { MostScans = 500 };
enum { RowsAtOnce = 16 };

typedef struct {
  Errors errors;
  struct jpeg_decompress_struct codec;
  struct jpeg_progress_mgr progress;
  uint8_t *samples;
} Decoder;

static void countScans(j_common_ptr codec) {
  if (((j_decompress_ptr)codec)->input_scan_number <= MostScans) return;
  Errors *errors = (Errors *)codec->err;
  snprintf(errors->message, CJPEGMessageLength, "it has more than %d scans", MostScans);
  errors->outcome = CJPEGUnsupported;
  longjmp(errors->onError, 1);
}

static int orientation(const struct jpeg_decompress_struct *codec) {
  static const uint8_t name[] = {'E', 'x', 'i', 'f', 0, 0};
  for (jpeg_saved_marker_ptr marker = codec->marker_list; marker != NULL; marker = marker->next) {
    if (marker->data_length < sizeof name || memcmp(marker->data, name, sizeof name) != 0) continue;
    int found = CEXIFOrientation(marker->data, marker->data_length);
    return found == 0 ? 1 : found;
  }
  return 1;
}

static void readHeader(Decoder *decoder, const uint8_t *bytes, size_t count, CJPEGImage *image) {
  jpeg_create_decompress(&decoder->codec);
  jpeg_mem_src(&decoder->codec, bytes, count);
  jpeg_save_markers(&decoder->codec, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&decoder->codec, TRUE);
  image->width = decoder->codec.image_width;
  image->height = decoder->codec.image_height;
  image->orientation = orientation(&decoder->codec);
  image->channels = decoder->codec.jpeg_color_space == JCS_GRAYSCALE ? 1 : 3;
}

static CJPEGOutcome readPixels(Decoder *decoder, uint64_t largestPixelCount, CJPEGImage *image) {
  j_decompress_ptr codec = &decoder->codec;
  if (codec->jpeg_color_space == JCS_CMYK || codec->jpeg_color_space == JCS_YCCK) return CJPEGFourInks;
  if ((uint64_t)image->width * image->height > largestPixelCount) return CJPEGTooLarge;
  codec->out_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  codec->dct_method = JDCT_ISLOW;
  decoder->progress.progress_monitor = countScans;
  codec->progress = &decoder->progress;
  jpeg_start_decompress(codec);
  size_t rowLength = (size_t)image->width * (size_t)image->channels;
  decoder->samples = malloc(rowLength * image->height);
  if (decoder->samples == NULL) {
    snprintf(decoder->errors.message, CJPEGMessageLength, "not enough memory");
    return CJPEGFailed;
  }
  while (codec->output_scanline < codec->output_height) {
    JSAMPROW rows[RowsAtOnce];
    uint32_t count = codec->output_height - codec->output_scanline;
    if (count > RowsAtOnce) count = RowsAtOnce;
    for (uint32_t row = 0; row < count; row++) {
      rows[row] = decoder->samples + rowLength * (codec->output_scanline + row);
    }
    jpeg_read_scanlines(codec, rows, count);
  }
  jpeg_finish_decompress(codec);
  image->samples = decoder->samples;
  decoder->samples = NULL;
  return CJPEGSucceeded;
}

static CJPEGOutcome decode(
  const uint8_t *bytes, size_t count, int wantsPixels, uint64_t largestPixelCount, CJPEGImage *image, char *message) {
  // What is changed after setjmp is reached through this pointer, so a jump cannot leave it in a register.
  Decoder *volatile decoder = calloc(1, sizeof(Decoder));
  memset(image, 0, sizeof *image);
  message[0] = 0;
  if (decoder == NULL) return CJPEGFailed;
  volatile CJPEGOutcome outcome;
  decoder->codec.err = prepare(&decoder->errors, image, message);
  if (setjmp(decoder->errors.onError) == 0) {
    readHeader(decoder, bytes, count, image);
    outcome = wantsPixels ? readPixels(decoder, largestPixelCount, image) : CJPEGSucceeded;
  } else {
    outcome = decoder->errors.outcome;
  }
  jpeg_destroy_decompress(&decoder->codec);
  free(decoder->samples);
  free(decoder);
  return outcome;
}

CJPEGOutcome CJPEGReadHeader(const uint8_t *bytes, size_t count, CJPEGImage *image, char *message) {
  return decode(bytes, count, 0, 0, image, message);
}

CJPEGOutcome CJPEGDecode(
  const uint8_t *bytes, size_t count, uint64_t largestPixelCount, CJPEGImage *image, char *message) {
  return decode(bytes, count, 1, largestPixelCount, image, message);
}

void CJPEGFreeImage(CJPEGImage *image) {
  free(image->samples);
  memset(image, 0, sizeof *image);
}

// MARK: Encoding

typedef struct {
  Errors errors;
  struct jpeg_compress_struct codec;
  unsigned char *bytes;
  unsigned long count;
} Encoder;

static void writeImage(
  Encoder *encoder, const uint8_t *samples, uint32_t width, uint32_t height, int channels, int quality) {
  j_compress_ptr codec = &encoder->codec;
  jpeg_create_compress(codec);
  jpeg_mem_dest(codec, &encoder->bytes, &encoder->count);
  codec->image_width = width;
  codec->image_height = height;
  codec->input_components = channels;
  codec->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(codec);
  jpeg_set_quality(codec, quality, TRUE);
  codec->dct_method = JDCT_ISLOW;
  codec->comp_info[0].h_samp_factor = codec->comp_info[0].v_samp_factor = 1;
  jpeg_start_compress(codec, TRUE);
  size_t rowLength = (size_t)width * (size_t)channels;
  while (codec->next_scanline < height) {
    JSAMPROW row = (JSAMPROW)(samples + rowLength * codec->next_scanline);
    jpeg_write_scanlines(codec, &row, 1);
  }
  jpeg_finish_compress(codec);
}

CJPEGOutcome CJPEGEncode(
  const uint8_t *samples, uint32_t width, uint32_t height, int channels, int quality, CJPEGBytes *encoded,
  char *message) {
  Encoder *volatile encoder = calloc(1, sizeof(Encoder));
  memset(encoded, 0, sizeof *encoded);
  message[0] = 0;
  if (encoder == NULL) return CJPEGFailed;
  volatile CJPEGOutcome outcome;
  encoder->codec.err = prepare(&encoder->errors, NULL, message);
  if (setjmp(encoder->errors.onError) == 0) {
    writeImage(encoder, samples, width, height, channels, quality);
    encoded->bytes = encoder->bytes;
    encoded->count = encoder->count;
    outcome = CJPEGSucceeded;
  } else {
    outcome = encoder->errors.outcome;
    free(encoder->bytes);
  }
  jpeg_destroy_compress(&encoder->codec);
  free(encoder);
  return outcome;
}

void CJPEGFreeBytes(CJPEGBytes *encoded) {
  free(encoded->bytes);
  memset(encoded, 0, sizeof *encoded);
}
