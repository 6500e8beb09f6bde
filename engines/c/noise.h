/* Noise for a block of runs. */

#ifndef NOISE_H
#define NOISE_H

#include "block.h"

/* The words of one run, of four channels from a first one, and of the four quarters of a step. */
rule void words_of(const Block *b, int i, int64_t first, int64_t step, words w[4]) {
    for (int k = 0; k < 4; k++) {
        int64_t channel = first + k < b->channel_count ? first + k : first;
        w[0][k] = (uint64_t)b->channels[channel];
        w[1][k] = (uint64_t)b->channels[b->channel_count + channel];
    }
    w[2] = (words){0} + ((uint64_t)b->runs[i] & WORD);
    w[3] = (words){0} + ((uint64_t)(step >> 2) & WORD);
    philox((words(*)[4])w, 1, b->key);
}

/* Uniforms of one run for up to 16 channels that follow each other. */
static void uniforms_of(
    const Block *b, int i, int64_t first, int64_t count, int64_t step, double *out) {
    if (b->noise_given) {
        const double *given = b->noise_given + (i * b->channel_count + first) * b->shape->steps;
        for (int64_t k = 0; k < 16; k++)
            out[k] = k < count ? given[k * b->shape->steps + step] : 0.5;
        return;
    }
    for (int64_t k = 0; k < 16; k += 4) {
        words w[4];
        words_of(b, i, k < count ? first + k : first, step, w);
        *(loose *)(out + k) = as_uniforms(w[step & 3]);
    }
}

/* The uniforms of four quarters come out of one scrambling. */
static void draw_four(const Block *b, int64_t count, int64_t step, row *restrict out) {
    uint64_t runs[LANES] __attribute__((aligned(32))) = {0};
    EACH_RUN(i, b) runs[i] = (uint64_t)b->runs[i] & WORD;
    for (int64_t channel = 0; channel < count; channel++)
        for (int i = 0; i < LANES; i += 8) {
            words w[2][4];
            for (int half = 0; half < 2; half++) {
                w[half][0] = (words){0} + (uint64_t)b->channels[channel];
                w[half][1] = (words){0} + (uint64_t)b->channels[b->channel_count + channel];
                w[half][2] = *(const words *)(runs + i + 4 * half);
                w[half][3] = (words){0} + ((uint64_t)(step >> 2) & WORD);
            }
            philox(w, 2, b->key);
            for (int part = 0; part < 4; part++) {
                double *its = out[part * count + channel] + i;
                *(loose *)its = as_uniforms(w[0][part]);
                *(loose *)(its + 4) = as_uniforms(w[1][part]);
            }
        }
}

/* Return this quarter's uniforms of the channels that are drawn for whole blocks. */
static const row *noise_of_quarter(const Block *b, int64_t step) {
    int64_t count = b->at->drawn_for_blocks;
    if (b->noise_given) {
        for (int64_t channel = 0; channel < count; channel++)
            EACH_RUN(i, b) {
                double found[16];
                uniforms_of(b, i, channel, 1, step, found);
                b->noise[channel][i] = found[0];
            }
        return b->noise;
    }
    if ((step & 3) == 0) draw_four(b, count, step, b->four);
    return b->four + (step & 3) * count;
}

/* Sixteen standard normals from the outer parts of the distribution, or from anywhere. */
rule void outer_normals(double v[16]) {
    _Pragma("GCC ivdep") for (int q = 0; q < 8; q++)
        _Pragma("GCC unroll 2") for (int j = q; j < 16; j += 8) v[j] = normal_outer(v[j]);
}

/* Standard normals of some rows of uniforms. Three in twenty are not central and need a logarithm
   and a root: those are gathered, worked out together and put back. */
static void normals(int64_t count, const row *restrict uniforms, row *restrict out) {
    double found[4 * LANES + 16];
    double *where[4 * LANES + 16];
    for (int64_t first = 0; first < count; first += 4) {
        int outer = 0;
        for (int64_t k = first; k < count && k < first + 4; k++) {
            uint8_t flags[LANES];
            EACH(i) out[k][i] = normal_central(uniforms[k][i]);
            EACH_SIMPLY(i) flags[i] = !is_central(uniforms[k][i]);
            EACH_MARKED(i, marked(flags)) {
                found[outer] = uniforms[k][i];
                where[outer++] = out[k] + i;
            }
        }
        for (int k = outer; k < outer + 16; k++) found[k] = 0.5;
        for (int k = 0; k < outer; k += 16) outer_normals(found + k);
        for (int k = 0; k < outer; k++) *where[k] = found[k];
    }
}

/* Standard normals of one run for channels that follow each other. */
static void lucks_of(
    const Block *b, int i, int64_t first, int64_t count, int64_t step, double *lucks) {
    for (int64_t k = 0; k < count; k += 16) {
        double u[16], outer[16];
        int64_t left = count - k < 16 ? count - k : 16;
        uniforms_of(b, i, first + k, left, step, u);
        for (int j = 0; j < 16; j++) outer[j] = u[j];
        outer_normals(outer);
        for (int j = 0; j < 16; j++) outer[j] = is_central(u[j]) ? normal_central(u[j]) : outer[j];
        for (int j = 0; j < left; j++) lucks[k + j] = outer[j];
    }
}

#endif
