/* An empty package of ICU's data, in the place of the 31 MB that Swift's Foundation brings along: calendars, collation, names
   of languages. Nothing here formats by locale, and what Foundation does for the reader of YAML does without. ICU knows such a
   package as its own "stubdata".

   The name holds ICU's major version. Where a toolchain has another one, its own data are linked, and the program is larger. In
   a debug build Foundation is a shared library with data of its own. */
#include <stdint.h>

#ifndef DEBUG
struct package {
    uint16_t header_size;
    uint8_t magic[2];
    /* UDataInfo, as unicode/udata.h has it. */
    uint16_t info_size;
    uint16_t reserved;
    uint8_t is_big_endian;
    uint8_t charset_family;
    uint8_t size_of_uchar;
    uint8_t reserved_octet;
    uint8_t data_format[4];
    uint8_t format_version[4];
    uint8_t data_version[4];
    uint8_t padding[8];
    /* The table of contents: how many items, and a word that is none. */
    uint32_t count;
    uint32_t reserved_entry;
};

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define IS_BIG_ENDIAN 1
#else
#define IS_BIG_ENDIAN 0
#endif

extern const struct package icudt76_dat;
const struct package icudt76_dat __attribute__((aligned(16))) = {
    32, {0xDA, 0x27}, 20, 0, IS_BIG_ENDIAN, 0, 2, 0, {'T', 'o', 'C', 'P'}, {1, 0, 0, 0}, {0, 0, 0, 0}, {0}, 0, 0,
};
#endif
