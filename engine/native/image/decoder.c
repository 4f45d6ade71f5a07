#include "decoder.h"

#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

int reserve_bytes(decoder* d, size_t length) {
    if (d->capacity >= length) {
        return 0;
    }

    uint8_t* grown = realloc(d->bytes, length);
    if (grown == NULL) {
        snprintf(d->error, ERROR_LENGTH, "no memory for %zu bytes of pixels", length);
        return 1;
    }

    d->bytes = grown;
    d->capacity = length;

    return 0;
}

static void abandon(decoder* d) {
    jpeg_reader_abandon(d);
    if (d->png != NULL) {
        png_reader_abandon(d);
    }
}

EXPORT decoder* parallax_image_create(void) {
    decoder* d = calloc(1, sizeof(decoder));
    if (d != NULL && jpeg_reader_init(d) != 0) {
        free(d);
        return NULL;
    }

    return d;
}

EXPORT void parallax_image_free(decoder* d) {
    abandon(d);
    jpeg_reader_free(d);
    free(d->bytes);
    free(d);
}

EXPORT const char* parallax_image_error(const decoder* d) {
    return d->error;
}

/* Reads the header; an image that was begun and not finished is dropped. */
EXPORT int32_t parallax_image_begin(decoder* d, const uint8_t* file, int64_t length, int32_t smallest_side, int32_t* height, int32_t* width) {
    static const uint8_t png_magic[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    abandon(d);
    int failed;
    if (length >= 2 && file[0] == 0xFF && file[1] == 0xD8) {
        failed = jpeg_reader_begin(d, file, (size_t)length, smallest_side);
    } else if (length >= 8 && memcmp(file, png_magic, 8) == 0) {
        failed = png_reader_begin(d, file, (size_t)length);
    } else {
        snprintf(d->error, ERROR_LENGTH, length == 0 ? "the file is empty" : "the file is neither JPEG nor PNG");
        failed = 1;
    }

    *height = d->height;
    *width = d->width;

    return failed;
}

/* Decodes the image that was begun into [channels, height, width]. */
EXPORT int32_t parallax_image_finish(decoder* d, int32_t channels, float* planes) {
    return d->png != NULL ? png_reader_finish(d, channels, planes) : jpeg_reader_finish(d, channels, planes);
}
