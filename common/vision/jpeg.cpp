#include "common/vision/jpeg.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <new>

#include <jpeglib.h>  // needs cstdio before it

#include <jerror.h>  // needs jpeglib.h before it, which decides which messages there are

#include "common/base/error.h"

namespace glassbox {
namespace {

/// All that outlives a jump. Nothing that decode() touches may have a destructor: a jump runs none.
struct Decoder {
  jpeg_decompress_struct jpeg;
  jpeg_error_mgr errors;
  std::jmp_buf end;
  unsigned long size;   // of the file, in bytes
  unsigned long extra;  // bytes of it that belong to no segment and no pixel, up to now
  bool ended;           // the file ended before its end marker
  char problem[JMSG_LENGTH_MAX];
};

/// Keeps the message and jumps to the end of the step that is under way.
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
    case JWRN_MUST_RESYNC: return true;
    default: return false;
  }
}

/// `level` is -1 for warnings, 0 and more for what is said of a good file.
void judge_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  auto* decoder = static_cast<Decoder*>(jpeg->client_data);
  const int code = jpeg->err->msg_code;
  if (code == JWRN_JPEG_EOF) decoder->ended = true;
  // Phones leave a few. When they are many, all blocks were filled before the data ended: part of it is not the
  // image's own. Zeros from a disk's lost sectors are good codes and often give no other sign.
  if (code == JWRN_EXTRANEOUS_DATA) decoder->extra += static_cast<unsigned long>(jpeg->err->msg_parm.i[0]);
  if (costs_pixels(code) || decoder->extra > decoder->size / 8) stop(jpeg);
}

void print_nothing(j_common_ptr) {}

/// Up to the first pixel, of which nothing is decoded yet; says in decoder.jpeg what will come out. False, with
/// decoder.problem, if that fails.
bool open_decoder(Decoder& decoder, std::string_view bytes, int channels, int reduced_by) {
  jpeg_decompress_struct& jpeg = decoder.jpeg;
  jpeg.err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = stop;
  decoder.errors.emit_message = judge_message;
  decoder.errors.output_message = print_nothing;
  jpeg.client_data = &decoder;
  decoder.size = bytes.size();
  if (setjmp(decoder.end) != 0) return false;
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), decoder.size);
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = jpeg.num_components == 4 ? JCS_CMYK : channels == 1 ? JCS_GRAYSCALE : JCS_EXT_BGR;
  jpeg.scale_num = 1;
  jpeg.scale_denom = static_cast<unsigned>(reduced_by);
  jpeg_calc_output_dimensions(&jpeg);
  return true;
}

/// A file of several scans whose end is missing may lack whole scans, of which no warning tells.
bool has_all_scans(jpeg_decompress_struct& jpeg) {
  if (!jpeg_has_multiple_scans(&jpeg)) return true;
  if (jpeg.coef_bits == nullptr) return false;  // not progressive: nobody counts
  for (int component = 0; component < jpeg.num_components; ++component) {
    for (int place = 0; place < DCTSIZE2; ++place) {
      if (jpeg.coef_bits[component][place] != 0) return false;  // bits still to come
    }
  }
  return true;
}

/// All rows into pixels[row], one behind the other. False, with decoder.problem, at the first damage.
bool read_rows(Decoder& decoder, unsigned char* pixels, size_t row_bytes) {
  jpeg_decompress_struct& jpeg = decoder.jpeg;
  if (setjmp(decoder.end) != 0) return false;
  jpeg_start_decompress(&jpeg);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = pixels + row_bytes * jpeg.output_scanline;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  const bool whole = !decoder.ended || has_all_scans(jpeg);
  jpeg_finish_decompress(&jpeg);
  return whole;
}

/// Ink to light. With Adobe's marker 255 is no ink, as most programs write it.
cv::Mat from_cmyk(const cv::Mat& cmyk, bool inverted, int channels) {
  cv::Mat image(cmyk.size(), CV_8UC(channels));
  for (int y = 0; y < cmyk.rows; ++y) {
    for (int x = 0; x < cmyk.cols; ++x) {
      cv::Vec4b light = cmyk.at<cv::Vec4b>(y, x);
      if (!inverted) light = cv::Vec4b::all(255) - light;
      uint8_t bgr[3];
      for (int c = 0; c < 3; ++c) bgr[c] = uint8_t((light[2 - c] * light[3] + 127) / 255);
      if (channels == 3) image.at<cv::Vec3b>(y, x) = {bgr[0], bgr[1], bgr[2]};
      if (channels == 1) image.at<uint8_t>(y, x) = uint8_t((114 * bgr[0] + 587 * bgr[1] + 299 * bgr[2] + 500) / 1000);
    }
  }
  return image;
}

/// Ends libjpeg's memory whatever happens.
struct Close {
  Decoder& decoder;
  ~Close() { jpeg_destroy_decompress(&decoder.jpeg); }
};

}  // namespace

cv::Mat decode_jpeg(std::string_view bytes, const ImageHeader& header, const std::string& source, int channels,
                    int reduced_by) {
  Decoder decoder{};
  const Close close{decoder};
  const auto complain = [&] {
    if (decoder.errors.msg_code == JERR_OUT_OF_MEMORY) throw std::bad_alloc();  // no fault of the file
    const std::string libjpeg = decoder.problem[0] == '\0' ? "" : as_text(" (libjpeg: ", decoder.problem, ")");
    fail(source, ": want a whole JPEG image, got one ",
         decoder.ended ? as_text("that ends too early, at ", bytes.size(), " bytes") : "with damaged pixels", libjpeg,
         "; fetch or save it again");
  };
  if (!open_decoder(decoder, bytes, channels, reduced_by)) complain();
  jpeg_decompress_struct& jpeg = decoder.jpeg;
  // The limit on pixels was held against the header.
  require(jpeg.image_width == header.width && jpeg.image_height == header.height, source, ": the file says ",
          header.width, "x", header.height, " and ", jpeg.image_width, "x", jpeg.image_height, "; save it again");
  const bool ink = jpeg.num_components == 4;
  cv::Mat image(int(jpeg.output_height), int(jpeg.output_width), CV_8UC(ink ? 4 : channels));
  if (!read_rows(decoder, image.data, image.step)) complain();
  return ink ? from_cmyk(image, jpeg.saw_Adobe_marker, channels) : image;
}

}  // namespace glassbox
