#include "decoder.h"

#include <jerror.h>

static void on_error(j_common_ptr jpeg) {
    jpeg_errors* errors = (jpeg_errors*)jpeg->err;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    snprintf(errors->message, ERROR_LENGTH, "%s", text);
    longjmp(errors->exit, 1);
}

/* libjpeg would go on and fill the rest with grey; these warnings mean that pixels are lost. Stray bytes between segments are harmless and common. */
static void on_message(j_common_ptr jpeg, int level) {
    if (level >= 0) {
        return;
    }

    switch (jpeg->err->msg_code) {
        case JWRN_HIT_MARKER:
        case JWRN_HUFF_BAD_CODE:
        case JWRN_ARITH_BAD_CODE:
        case JWRN_JPEG_EOF:
        case JWRN_MUST_RESYNC:
            on_error(jpeg);
            break;
        default:
            break;
    }
}

static void print_nothing(j_common_ptr jpeg) {
    (void)jpeg;
}

static void source_start_or_end(j_decompress_ptr jpeg) {
    (void)jpeg;
}

static boolean source_ran_out(j_decompress_ptr jpeg) {
    jpeg_errors* errors = (jpeg_errors*)jpeg->err;
    snprintf(errors->message, ERROR_LENGTH, "the JPEG file is cut short");
    longjmp(errors->exit, 1);
}

static void source_skip(j_decompress_ptr jpeg, long count) {
    if (count <= 0) {
        return;
    }

    if ((size_t)count > jpeg->src->bytes_in_buffer) {
        source_ran_out(jpeg);
    }

    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
}

int jpeg_reader_init(decoder* d) {
    d->jpeg.err = jpeg_std_error(&d->jpeg_errors.base);
    d->jpeg_errors.base.error_exit = on_error;
    d->jpeg_errors.base.emit_message = on_message;
    d->jpeg_errors.base.output_message = print_nothing;
    d->jpeg_errors.message = d->error;
    if (setjmp(d->jpeg_errors.exit)) {
        return 1;
    }

    jpeg_create_decompress(&d->jpeg);
    d->jpeg_source.init_source = source_start_or_end;
    d->jpeg_source.fill_input_buffer = source_ran_out;
    d->jpeg_source.skip_input_data = source_skip;
    d->jpeg_source.resync_to_restart = jpeg_resync_to_restart;
    d->jpeg_source.term_source = source_start_or_end;
    d->jpeg.src = &d->jpeg_source;

    return 0;
}

/* The largest shrinking by 8, 4 or 2 that leaves the shorter side at or above the wish; libjpeg rounds sizes up. */
static unsigned int scale_denominator(const struct jpeg_decompress_struct* jpeg, int32_t smallest_side) {
    if (smallest_side <= 0) {
        return 1;
    }

    unsigned int side = jpeg->image_width < jpeg->image_height ? jpeg->image_width : jpeg->image_height;
    for (unsigned int by = 8; by > 1; by /= 2) {
        if ((side + by - 1) / by >= (unsigned int)smallest_side) {
            return by;
        }
    }

    return 1;
}

static J_COLOR_SPACE output_space(J_COLOR_SPACE stored) {
    switch (stored) {
        case JCS_GRAYSCALE: return JCS_GRAYSCALE;
        case JCS_CMYK:
        case JCS_YCCK: return JCS_CMYK;
        default: return JCS_RGB;
    }
}

int jpeg_reader_begin(decoder* d, const uint8_t* file, size_t length, int32_t smallest_side) {
    struct jpeg_decompress_struct* jpeg = &d->jpeg;
    if (setjmp(d->jpeg_errors.exit)) {
        jpeg_abort_decompress(jpeg);
        return 1;
    }

    d->jpeg_source.next_input_byte = file;
    d->jpeg_source.bytes_in_buffer = length;
    jpeg_read_header(jpeg, TRUE);
    if ((uint64_t)jpeg->image_width * jpeg->image_height > MAX_PIXELS) {
        snprintf(d->error, ERROR_LENGTH, "the JPEG header claims %u x %u pixels, more than this decoder accepts", jpeg->image_width, jpeg->image_height);
        longjmp(d->jpeg_errors.exit, 1);
    }

    jpeg->out_color_space = output_space(jpeg->jpeg_color_space);
    jpeg->scale_num = 1;
    jpeg->scale_denom = scale_denominator(jpeg, smallest_side);
    jpeg->dct_method = JDCT_ISLOW;
    jpeg_calc_output_dimensions(jpeg);
    d->height = (int32_t)jpeg->output_height;
    d->width = (int32_t)jpeg->output_width;

    return 0;
}

int jpeg_reader_finish(decoder* d, int32_t channels, float* planes) {
    struct jpeg_decompress_struct* jpeg = &d->jpeg;
    if (setjmp(d->jpeg_errors.exit)) {
        jpeg_abort_decompress(jpeg);
        return 1;
    }

    jpeg_start_decompress(jpeg);
    const size_t width = jpeg->output_width, plane = width * jpeg->output_height;
    if (reserve_bytes(d, width * (size_t)jpeg->output_components)) {
        longjmp(d->jpeg_errors.exit, 1);
    }

    while (jpeg->output_scanline < jpeg->output_height) {
        float* row = planes + width * jpeg->output_scanline;
        JSAMPROW bytes = d->bytes;
        jpeg_read_scanlines(jpeg, &bytes, 1);
        if (jpeg->out_color_space == JCS_GRAYSCALE) {
            grey_to_planes(d->bytes, width, channels, row, plane);
            continue;
        }

        if (jpeg->out_color_space == JCS_CMYK) {
            inverted_cmyk_to_rgb(d->bytes, width);
        }
        rgb_to_planes(d->bytes, width, channels, row, plane);
    }

    jpeg_abort_decompress(jpeg);   /* not finish: bytes after the last row do not matter */

    return 0;
}

void jpeg_reader_abandon(decoder* d) {
    jpeg_abort_decompress(&d->jpeg);
}

void jpeg_reader_free(decoder* d) {
    jpeg_destroy_decompress(&d->jpeg);
}
