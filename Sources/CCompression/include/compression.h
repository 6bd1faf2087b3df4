#ifndef CCOMPRESSION_H
#define CCOMPRESSION_H

#include <stddef.h>
#include <stdint.h>

/* Unpacks what gzip, bzip2, zstd, xz and lz4 pack, each by its own library, which is loaded when it is first asked for. */

enum compression_format {
    compression_gzip,
    compression_bzip2,
    compression_zstd,
    compression_xz,
    compression_lz4,
};

enum compression_state {
    compression_goes_on,
    /* The end of a member; another one may follow. */
    compression_ended,
    compression_damaged,
};

struct compression_stream;

/* NULL where the library is not there, or gives no memory. */
struct compression_stream *compression_open(int format);
void compression_close(struct compression_stream *stream);

/* Takes octets from the front of the input and writes octets to the front of the output, and tells how many of each. */
int compression_unpack(struct compression_stream *stream, const uint8_t *input, size_t *taken, uint8_t *output, size_t *given);

#endif
