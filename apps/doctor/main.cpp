/// Looks whether this machine can build, train and grade; names the command that mends what it cannot.
/// Read checks.h next: one function a line of the output.
#include <iostream>

#include "apps/doctor/checks.h"
#include "common/base/error.h"
#include "common/cli/exit_code.h"
#include "common/cli/help.h"
#include "common/cli/options.h"
#include "common/cli/standard.h"
#include "common/run/blas_core.h"

using namespace glassbox;

constexpr const char* kClosing =
    "One line a check: ok, warn (works, but slowly or not all of it) or fail; what is not well ends with the command\n"
    "that mends it. Exit codes: 0 nothing failed; 1 our failure; 2 something failed.\n";

int run(int argc, char** argv) {
  const Program program = {"doctor",
                           "looks whether this machine can build, train and grade",
                           {data_flag(), json_flag(), help_flag(), version_flag()},
                           /*verbs=*/{},
                           kClosing};
  const Options options = parse_command_line(argc, argv, program);  // before anything of LibTorch is called
  if (options.help) return std::cout << help_text(program), 0;
  if (options.version) return std::cout << "doctor: " << version_text() << '\n', 0;
  require(options.data.empty() || std::filesystem::is_directory(options.data), "--data: want a folder, got ",
          options.data.string());
  use_fitting_blas_core(argv);
  const std::vector<doctor::Finding> findings = doctor::examine(options.data);
  std::cout << (options.json ? doctor::as_json(findings) : doctor::findings_text(findings));
  return doctor::any_failed(findings) ? 2 : 0;
}

int main(int argc, char** argv) {
  return exit_code_of("doctor", [&] { return run(argc, argv); });
}
