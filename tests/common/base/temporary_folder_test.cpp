/// The folder for temporary files is the one that the environment names, or the user hears which variable is wrong.
#include "common/base/temporary_folder.h"

#include <cstdlib>

#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

class TemporaryFolder : public testing::Test {
 protected:
  TemporaryFolder() {
    if (const char* before = std::getenv("TMPDIR")) kept_ = before;
  }
  ~TemporaryFolder() override { kept_.empty() ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", kept_.c_str(), 1); }

 private:
  std::string kept_;
};

TEST_F(TemporaryFolder, IsThatOfTheEnvironment) {
  const TempFolder folder;
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  EXPECT_EQ(temporary_folder(), folder.path());
}

TEST_F(TemporaryFolder, ThatIsNotThereIsNamedWithItsVariable) {
  ::setenv("TMPDIR", "/nonexistent", 1);
  EXPECT_EQ(error_of([] { temporary_folder(); }),
            "TMPDIR: want a folder for temporary files, got /nonexistent; make it, or unset TMPDIR");
}

}  // namespace
}  // namespace glassbox
