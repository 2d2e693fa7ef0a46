/// Image files by Python's Pillow, which writes what OpenCV cannot, and is not us.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "common/base/atomic_file.h"
#include "tests/common/temp_folder.h"

namespace glassbox {

/// Runs `script` in `folder`, behind an import of Image and numpy (as np).
inline void run_pillow(const TempFolder& folder, const std::string& script) {
  write_file(folder / "make.py", "from PIL import Image\nimport numpy as np\n" + script);
  const std::string command = "cd '" + folder.path().string() + "' && /usr/bin/python3 make.py";
  ASSERT_EQ(std::system(command.c_str()), 0) << "scripts/setup.sh --test installs python3-pil";
}

}  // namespace glassbox
