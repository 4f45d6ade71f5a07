#include "decoder.h"

/* ITU-R 601 luma in 16-bit fixed point with Pillow's rounding, so that grey images equal its convert("L"). */
static inline uint8_t luma(const uint8_t* rgb) {
    return (uint8_t)((rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
}

static inline float unit(uint8_t value) {
    return (float)value / 255.0f;   /* a division, because x * (1 / 255) rounds differently from what other frameworks give */
}

void rgb_to_planes(const uint8_t* pixels, size_t count, int32_t channels, float* out, size_t plane) {
    if (channels == 1) {
        for (size_t i = 0; i < count; i++) {
            out[i] = unit(luma(pixels + 3 * i));
        }
        return;
    }

    float* red = out;
    float* green = out + plane;
    float* blue = out + 2 * plane;
    for (size_t i = 0; i < count; i++) {
        red[i] = unit(pixels[3 * i]);
        green[i] = unit(pixels[3 * i + 1]);
        blue[i] = unit(pixels[3 * i + 2]);
    }
}

void grey_to_planes(const uint8_t* pixels, size_t count, int32_t channels, float* out, size_t plane) {
    for (int32_t c = 0; c < channels; c++) {
        for (size_t i = 0; i < count; i++) {
            out[c * plane + i] = unit(pixels[i]);
        }
    }
}

void rgba16_to_planes(const uint16_t* pixels, size_t count, int32_t channels, float* out, size_t plane) {
    for (size_t i = 0; i < count; i++) {
        const uint16_t* p = pixels + 4 * i;
        if (channels == 1) {
            out[i] = (0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2]) / 65535.0f;
        } else {
            for (int32_t c = 0; c < 3; c++) {
                out[c * plane + i] = (float)p[c] / 65535.0f;
            }
        }
    }
}

/* a * b / 255, rounded */
static inline uint8_t multiply(uint32_t a, uint32_t b) {
    uint32_t t = a * b + 128;
    return (uint8_t)((t + (t >> 8)) >> 8);
}

void inverted_cmyk_to_rgb(uint8_t* pixels, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t* p = pixels + 4 * i;
        uint8_t light = p[3];   /* 255 minus black */
        uint8_t cyan = 255 - p[0], magenta = 255 - p[1], yellow = 255 - p[2];
        uint8_t* rgb = pixels + 3 * i;
        rgb[0] = light - multiply(cyan, light);
        rgb[1] = light - multiply(magenta, light);
        rgb[2] = light - multiply(yellow, light);
    }
}
