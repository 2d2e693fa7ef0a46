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

std::string to_hex(const std::vector<unsigned char>& bytes) {
  std::string text;
  for (unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace

std::string sha256_of_file(const std::filesystem::path& path) {
  Descriptor file = open_to_read(path);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  expect(digest != nullptr);
  expect(EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr));

  std::vector<unsigned char> chunk(size_t{1} << 20);
  while (const size_t got = file.read(chunk.data(), chunk.size())) {
    expect(EVP_DigestUpdate(digest.get(), chunk.data(), got));
  }

  std::vector<unsigned char> sum(32);
  expect(EVP_DigestFinal_ex(digest.get(), sum.data(), nullptr));
  return to_hex(sum);
}

}  // namespace glassbox
