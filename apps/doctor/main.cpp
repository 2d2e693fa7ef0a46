/// Looks whether this machine can build, train and grade; names the command that mends what it cannot.
/// Read checks.h next: one function a line of the output.
#include <iostream>

#include "apps/doctor/checks.h"
#include "common/base/error.h"
#include "common/run/blas_core.h"

using namespace glassbox;

constexpr const char* kHelp =
    R"(doctor: looks whether this machine can build, train and grade

  doctor [--data DIR] [--json]

--data DIR   where the data sets are; default $GLASSBOX_DATA, then data/
--json       the answer as exactly one JSON object on stdout
-h, --help   this text
--version    versions of this program and its libraries

One line a check: ok, warn (works, but slowly or not all of it) or fail; what is not well ends with the command that
mends it. Exit codes: 0 nothing failed; 1 our failure; 2 something failed.
)";

int run(int argc, char** argv) {
  std::filesystem::path data;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "-h" || flag == "--help") return std::cout << kHelp, 0;
    if (flag == "--version") return std::cout << "doctor: " << version_text() << '\n', 0;
    require(flag == "--json" || flag == "--data", "unknown flag ", flag,
            "; want --data DIR, --json, --help or --version");
    if (flag == "--json") json = true;
    if (flag == "--data") {
      require(i + 1 < argc && std::filesystem::is_directory(argv[i + 1]), "--data: want a folder, got ",
              i + 1 < argc ? argv[i + 1] : "nothing");
      data = argv[++i];
    }
  }
  use_fitting_blas_core(argv);
  const std::vector<doctor::Finding> findings = doctor::examine(data);
  std::cout << (json ? doctor::as_json(findings) : doctor::findings_text(findings));
  return doctor::any_failed(findings) ? 2 : 0;
}

int main(int argc, char** argv) try { return run(argc, argv); } catch (const UserError& problem) {
  std::cerr << "error: " << problem.what() << '\n';
  return 2;
} catch (const std::exception& problem) {
  std::cerr << "internal error in doctor: " << problem.what() << '\n';
  return 1;
}
