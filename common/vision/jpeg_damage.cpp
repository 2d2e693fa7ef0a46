#include "common/vision/jpeg_damage.h"

#include <csetjmp>
#include <cstdio>
#include <new>

#include <jpeglib.h>  // needs cstdio before it

#include <jerror.h>  // needs jpeglib.h before it, which decides which messages there are

namespace glassbox {
namespace {

/// All that outlives a jump. No destructors here: a jump runs none.
struct Decoder {
  jpeg_decompress_struct jpeg;
  jpeg_error_mgr errors;
  std::jmp_buf end;
  unsigned long size;   // of the file, in bytes
  unsigned long extra;  // bytes of it that belong to no segment and no pixel, up to now
  char problem[JMSG_LENGTH_MAX];
};

/// Keeps the message and jumps to the end of decode().
[[noreturn]] void stop(j_common_ptr jpeg) {
  auto* decoder = static_cast<Decoder*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, decoder->problem);
  std::longjmp(decoder->end, 1);
}

bool costs_pixels(int warning) {
  switch (warning) {
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC: return true;
    default: return false;
  }
}

/// `level` is -1 for warnings, 0 and more for what is said of a good file.
void judge_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  auto* decoder = static_cast<Decoder*>(jpeg->client_data);
  const int code = jpeg->err->msg_code;
  // Phones leave a few. When they are many, all blocks were filled before the data ended: part of it is not the
  // picture's own. Zeros from a disk's lost sectors are good codes and often give no other sign.
  if (code == JWRN_EXTRANEOUS_DATA) decoder->extra += static_cast<unsigned long>(jpeg->err->msg_parm.i[0]);
  if (costs_pixels(code) || decoder->extra > decoder->size / 8) stop(jpeg);
}

void print_nothing(j_common_ptr) {}

/// Ends early, with decoder.problem, at the first damage. Nothing here may have a destructor.
void decode(Decoder& decoder, const unsigned char* bytes) {
  jpeg_decompress_struct& jpeg = decoder.jpeg;
  jpeg.err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = stop;
  decoder.errors.emit_message = judge_message;
  decoder.errors.output_message = print_nothing;
  jpeg.client_data = &decoder;
  if (setjmp(decoder.end) == 0) {
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, decoder.size);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.scale_num = 1;
    jpeg.scale_denom = 8;
    jpeg.dct_method = JDCT_IFAST;
    if (jpeg.jpeg_color_space == JCS_YCbCr) jpeg.out_color_space = JCS_GRAYSCALE;  // every code is still read
    jpeg_start_decompress(&jpeg);
    const JDIMENSION samples = jpeg.output_width * JDIMENSION(jpeg.output_components);
    JSAMPARRAY row = jpeg.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&jpeg), JPOOL_IMAGE, samples, 1);
    while (jpeg.output_scanline < jpeg.output_height) jpeg_read_scanlines(&jpeg, row, 1);
    jpeg_finish_decompress(&jpeg);
  }
  jpeg_destroy_decompress(&jpeg);
}

}  // namespace

std::string jpeg_damage(std::string_view bytes) {
  Decoder decoder{};
  decoder.size = bytes.size();
  decode(decoder, reinterpret_cast<const unsigned char*>(bytes.data()));
  if (decoder.errors.msg_code == JERR_OUT_OF_MEMORY) throw std::bad_alloc();  // no fault of the file
  return decoder.problem;
}

}  // namespace glassbox
