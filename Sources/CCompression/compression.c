#include "compression.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>

/* The structures are those of the libraries' stable binary interfaces: libz 1, libbz2 1.0, liblzma 5, libzstd 1, liblz4 1. They are
 * written here so that building needs no headers and starting loads no library. */

struct z_state {
    const uint8_t *next_in;
    unsigned avail_in;
    unsigned long total_in;
    uint8_t *next_out;
    unsigned avail_out;
    unsigned long total_out;
    const char *message;
    void *internal, *allocate, *release, *opaque;
    int data_type;
    unsigned long check, reserved;
};

struct bz_state {
    const char *next_in;
    unsigned avail_in, total_in_low, total_in_high;
    char *next_out;
    unsigned avail_out, total_out_low, total_out_high;
    void *internal, *allocate, *release, *opaque;
};

struct xz_state {
    const uint8_t *next_in;
    size_t avail_in;
    uint64_t total_in;
    uint8_t *next_out;
    size_t avail_out;
    uint64_t total_out;
    const void *allocator;
    void *internal, *reserved[4];
    uint64_t seek_position, reserved_number;
    size_t reserved_sizes[2];
    int reserved_kinds[2];
};

struct zstd_buffer {
    void *octets;
    size_t size, position;
};

struct compression_stream {
    int format;
    void *library;
    int (*step)(void *, int);
    int (*bz_step)(void *);
    int (*end)(void *);
    void (*xz_end)(void *);
    union {
        struct z_state z;
        struct bz_state bz;
        struct xz_state xz;
    } state;
    void *context;
    size_t (*zstd_step)(void *, struct zstd_buffer *, struct zstd_buffer *);
    size_t (*zstd_end)(void *);
    size_t (*lz4_step)(void *, void *, size_t *, const void *, size_t *, const void *);
    size_t (*lz4_end)(void *);
    unsigned (*is_error)(size_t);
};

/* More memory than this no honest xz file asks for: xz -9 needs 65 MiB. */
static const uint64_t xz_max_memory = 256u << 20;

static const char *const libraries[] = {"libz.so.1", "libbz2.so.1.0", "libzstd.so.1", "liblzma.so.5", "liblz4.so.1"};

/* A function of the library, kept as what it is: ISO C has no cast from an object to a function. */
static bool find(struct compression_stream *stream, const char *name, void *place) {
    void *found = dlsym(stream->library, name);
    *(void **)place = found;
    return found != NULL;
}

static bool begin(struct compression_stream *stream) {
    switch (stream->format) {
    case compression_gzip: {
        int (*init)(void *, int, const char *, int);
        return find(stream, "inflateInit2_", &init) && find(stream, "inflate", &stream->step)
            && find(stream, "inflateEnd", &stream->end)
            /* 15 bits of window, and 16 for the header of gzip. */
            && init(&stream->state.z, 15 + 16, "1", (int)sizeof(struct z_state)) == 0;
    }
    case compression_bzip2: {
        int (*init)(void *, int, int);
        return find(stream, "BZ2_bzDecompressInit", &init) && find(stream, "BZ2_bzDecompress", &stream->bz_step)
            && find(stream, "BZ2_bzDecompressEnd", &stream->end) && init(&stream->state.bz, 0, 0) == 0;
    }
    case compression_xz: {
        int (*init)(void *, uint64_t, uint32_t);
        return find(stream, "lzma_stream_decoder", &init) && find(stream, "lzma_code", &stream->step)
            && find(stream, "lzma_end", &stream->xz_end) && init(&stream->state.xz, xz_max_memory, 0) == 0;
    }
    case compression_zstd: {
        void *(*create)(void);
        return find(stream, "ZSTD_createDStream", &create) && find(stream, "ZSTD_decompressStream", &stream->zstd_step)
            && find(stream, "ZSTD_freeDStream", &stream->zstd_end) && find(stream, "ZSTD_isError", &stream->is_error)
            && (stream->context = create()) != NULL;
    }
    case compression_lz4: {
        size_t (*create)(void **, unsigned);
        return find(stream, "LZ4F_createDecompressionContext", &create)
            && find(stream, "LZ4F_decompress", &stream->lz4_step)
            && find(stream, "LZ4F_freeDecompressionContext", &stream->lz4_end)
            && find(stream, "LZ4F_isError", &stream->is_error) && !stream->is_error(create(&stream->context, 100));
    }
    default: return false;
    }
}

struct compression_stream *compression_open(int format) {
    if (format < 0 || format > compression_lz4) return NULL;
    struct compression_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) return NULL;
    stream->format = format;
    stream->library = dlopen(libraries[format], RTLD_NOW | RTLD_LOCAL);
    if (stream->library != NULL && begin(stream)) return stream;
    /* Nothing was begun that would have an end. */
    stream->end = NULL;
    stream->xz_end = NULL;
    compression_close(stream);
    return NULL;
}

void compression_close(struct compression_stream *stream) {
    if (stream->end != NULL) stream->end(&stream->state);
    if (stream->xz_end != NULL) stream->xz_end(&stream->state);
    if (stream->context != NULL && stream->zstd_end != NULL) stream->zstd_end(stream->context);
    if (stream->context != NULL && stream->lz4_end != NULL) stream->lz4_end(stream->context);
    /* The library stays: there may be another member or another file. */
    free(stream);
}

/* zlib's 0 and 1, and 5 where there is no room; bzip2's 0 and 4; liblzma's 0, 1 and 10. */
static int told(int format, int result) {
    int end = format == compression_bzip2 ? 4 : 1;
    if (result == end) return compression_ended;
    bool lacks_room = (format == compression_gzip && result == -5) || (format == compression_xz && result == 10);
    return result == 0 || lacks_room ? compression_goes_on : compression_damaged;
}

#define RUN(part, step)                                                                                              \
    do {                                                                                                             \
        stream->state.part.next_in = (void *)input;                                                                  \
        stream->state.part.avail_in = (unsigned)*taken;                                                              \
        stream->state.part.next_out = (void *)output;                                                                \
        stream->state.part.avail_out = (unsigned)*given;                                                             \
        int result = step;                                                                                           \
        *taken -= stream->state.part.avail_in;                                                                       \
        *given -= stream->state.part.avail_out;                                                                      \
        return told(stream->format, result);                                                                         \
    } while (0)

int compression_unpack(struct compression_stream *stream, const uint8_t *input, size_t *taken, uint8_t *output, size_t *given) {
    switch (stream->format) {
    case compression_gzip: RUN(z, stream->step(&stream->state, 0));
    case compression_xz: RUN(xz, stream->step(&stream->state, 0));
    case compression_bzip2: RUN(bz, stream->bz_step(&stream->state));
    case compression_zstd: {
        struct zstd_buffer in = {(void *)input, *taken, 0}, out = {output, *given, 0};
        size_t left = stream->zstd_step(stream->context, &out, &in);
        *taken = in.position;
        *given = out.position;
        return stream->is_error(left) ? compression_damaged : left == 0 ? compression_ended : compression_goes_on;
    }
    default: {
        size_t left = stream->lz4_step(stream->context, output, given, input, taken, NULL);
        return stream->is_error(left) ? compression_damaged : left == 0 ? compression_ended : compression_goes_on;
    }
    }
}
