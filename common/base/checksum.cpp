#include "common/base/checksum.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "common/base/posix.h"

namespace glassbox {
namespace {

void expect(int ok) {
  if (ok != 1) throw std::runtime_error("libcrypto cannot compute SHA-256");
}

class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    expect(context_ != nullptr);
    expect(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
  }
  void add(const void* bytes, size_t count) { expect(EVP_DigestUpdate(context_.get(), bytes, count)); }
  std::string finish() {
    std::string sum(32, '\0');
    expect(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(sum.data()), nullptr));
    return sum;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::string sha256_of_file(const FileAt& at) {
  Descriptor file = open_to_read(at);
  Digest digest;
  std::vector<unsigned char> chunk(size_t{1} << 20);
  while (const size_t got = file.read(chunk.data(), chunk.size())) digest.add(chunk.data(), got);
  return to_hex(digest.finish());
}

std::string sha256(std::string_view bytes) {
  Digest digest;
  digest.add(bytes.data(), bytes.size());
  return digest.finish();
}

}  // namespace glassbox
