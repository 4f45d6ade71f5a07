/* What the readers of one file format share. A decoder belongs to one thread at a time; its buffers grow and are reused. */
#ifndef PARALLAX_IMAGE_DECODER_H
#define PARALLAX_IMAGE_DECODER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>   /* jpeglib.h needs FILE */

#include <jpeglib.h>
#include <setjmp.h>
#include <spng.h>

enum { ERROR_LENGTH = 256 };

/* Above this many pixels a header is taken for damaged rather than believed: 2^28 pixels are 3 GiB of float32 RGB. */
#define MAX_PIXELS ((uint64_t)1 << 28)

typedef struct {
    struct jpeg_error_mgr base;   /* first: libjpeg hands this back as its own type */
    jmp_buf exit;
    char* message;
} jpeg_errors;

typedef struct parallax_image_decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_source_mgr jpeg_source;
    jpeg_errors jpeg_errors;
    spng_ctx* png;   /* an image that was begun, else NULL */
    int png_format;
    uint8_t* bytes;   /* one row of a JPEG, or a whole PNG */
    size_t capacity;
    int32_t height, width;   /* of the image that was begun */
    char error[ERROR_LENGTH];
} decoder;

/* Decoding has two steps, so that the caller can make room once the size is known. Each returns 0, or 1 with the reason in decoder->error;
 * the file must stay in place from the first step to the last. `finish` writes [channels, height, width] floats in [0, 1]. */
int jpeg_reader_init(decoder* d);
int jpeg_reader_begin(decoder* d, const uint8_t* file, size_t length, int32_t smallest_side);
int jpeg_reader_finish(decoder* d, int32_t channels, float* planes);
void jpeg_reader_abandon(decoder* d);
void jpeg_reader_free(decoder* d);

int png_reader_begin(decoder* d, const uint8_t* file, size_t length);
int png_reader_finish(decoder* d, int32_t channels, float* planes);
void png_reader_abandon(decoder* d);

/* Makes decoder->bytes at least this long; returns 1 when memory is short. */
int reserve_bytes(decoder* d, size_t length);

/* Interleaved pixels to planes of `plane` floats each in [0, 1]; `out` points at the first pixel's place in the first plane. */
void rgb_to_planes(const uint8_t* pixels, size_t count, int32_t channels, float* out, size_t plane);
void grey_to_planes(const uint8_t* pixels, size_t count, int32_t channels, float* out, size_t plane);
void rgba16_to_planes(const uint16_t* pixels, size_t count, int32_t channels, float* out, size_t plane);

/* Inverted CMYK, as Adobe writes it, to RGB in the same place. */
void inverted_cmyk_to_rgb(uint8_t* pixels, size_t count);

#endif
