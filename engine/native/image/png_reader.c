#include "decoder.h"

static int fail(decoder* d, int code) {
    snprintf(d->error, ERROR_LENGTH, "the PNG file is damaged or cut short (%s)", spng_strerror(code));
    png_reader_abandon(d);

    return 1;
}

int png_reader_begin(decoder* d, const uint8_t* file, size_t length) {
    d->png = spng_ctx_new(0);
    if (d->png == NULL) {
        snprintf(d->error, ERROR_LENGTH, "no memory for the PNG decoder");
        return 1;
    }

    struct spng_ihdr header;
    int code = spng_set_png_buffer(d->png, file, length);
    if (code == 0) {
        code = spng_get_ihdr(d->png, &header);
    }
    if (code != 0) {
        return fail(d, code);
    }

    if ((uint64_t)header.width * header.height > MAX_PIXELS) {
        snprintf(d->error, ERROR_LENGTH, "the PNG header claims %u x %u pixels, more than this decoder accepts", header.width, header.height);
        png_reader_abandon(d);
        return 1;
    }

    d->png_format = header.bit_depth == 16 ? SPNG_FMT_RGBA16 : SPNG_FMT_RGB8;
    d->height = (int32_t)header.height;
    d->width = (int32_t)header.width;

    return 0;
}

/* Transparency is not decoded: the colours under it are used as they are stored. */
int png_reader_finish(decoder* d, int32_t channels, float* planes) {
    size_t size;
    int code = spng_decoded_image_size(d->png, d->png_format, &size);
    if (code != 0) {
        return fail(d, code);
    }

    if (reserve_bytes(d, size)) {
        png_reader_abandon(d);
        return 1;
    }

    code = spng_decode_image(d->png, d->bytes, size, d->png_format, 0);
    if (code == 0) {
        code = spng_decode_chunks(d->png);   /* to the end mark: without it the file is cut short */
    }
    if (code != 0) {
        return fail(d, code);
    }

    const size_t count = (size_t)d->height * (size_t)d->width;
    if (d->png_format == SPNG_FMT_RGBA16) {
        rgba16_to_planes((const uint16_t*)d->bytes, count, channels, planes, count);
    } else {
        rgb_to_planes(d->bytes, count, channels, planes, count);
    }
    png_reader_abandon(d);

    return 0;
}

void png_reader_abandon(decoder* d) {
    spng_ctx_free(d->png);
    d->png = NULL;
}
