/// The two kinds of failure: UserError (the user can mend it, exit 2) and std::logic_error (our bug, exit 1).
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace glassbox {

/// Something the user can mend. The message reads "where: want W, got G; remedy".
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The run was asked to stop (Ctrl-C or SIGTERM) and has saved its state. Exit 130.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Streams all parts into one string: as_text("row ", 3, ": want ", 4).
template <typename... Parts>
std::string as_text(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

/// Throws UserError with the parts, joined.
template <typename... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  throw UserError(as_text(parts...));
}

/// Throws UserError with the parts, joined unless `holds`.
template <typename... Parts>
void require(bool holds, const Parts&... parts) {
  if (!holds) fail(parts...);
}

}  // namespace glassbox
