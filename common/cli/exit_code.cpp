#include "common/cli/exit_code.h"

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "common/base/error.h"
#include "common/base/shown.h"

namespace glassbox {
namespace {

/// An answer that nobody got is no success: the disk may be full, or stdout closed.
void finish_answer() {
  errno = 0;
  std::cout.flush();
  const std::string reason =
      errno == 0 ? "it could not be written; is the disk full?" : std::generic_category().message(errno);
  require(bool(std::cout), "writing the answer: ", reason);
}

}  // namespace

int exit_code_of(const std::string& name, const std::function<int()>& body) try {
  const int code = body();
  finish_answer();
  return code;
} catch (const Interrupted& stop) {
  std::cerr << name << ": " << printable_message(stop.what()) << '\n';
  return 130;
} catch (const UserError& problem) {
  std::cerr << "error: " << printable_message(problem.what()) << '\n';
  return 2;
} catch (const std::filesystem::filesystem_error& problem) {
  std::cerr << "error: " << printable_message(problem.path1().string()) << ": " << problem.code().message() << '\n';
  return 2;
} catch (const std::exception& problem) {
  const std::string what = problem.what();
  std::cerr << "internal error in " << name << ": " << shown(what.substr(0, what.find('\n')), 500) << '\n';
  return 1;
}

}  // namespace glassbox
