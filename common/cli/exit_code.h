/// What main() of every program returns: 0 done, 1 our failure, 2 the user can mend it, 130 interrupted.
#pragma once

#include <functional>
#include <string>

namespace glassbox {

/// The exit code that `body` returns, or that what it throws means; then stderr gets one line: "error: ..." for a
/// UserError or a file-system error, "internal error in NAME: ..." for what is our bug. An answer on stdout that could
/// not be written (a full disk) is an error, too.
int exit_code_of(const std::string& name, const std::function<int()>& body);

}  // namespace glassbox
