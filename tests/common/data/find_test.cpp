/// Data sets are found under the names that they have in the world.
#include "common/data/find.h"

#include "common/base/atomic_file.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

namespace fs = std::filesystem;
const char* const kImages = "train-images-idx3-ubyte";

TEST(FindFile, KnowsTheUsualFoldersAndNamesOfMnist) {
  for (const std::string file :
       {"mnist/train-images-idx3-ubyte", "mnist/train-images.idx3-ubyte.gz", "MNIST/raw/train-images-idx3-ubyte.gz",
        "MNIST/train-images.idx3-ubyte", "mnist/MNIST/raw/train-images-idx3-ubyte"}) {
    const TempFolder folder;
    fs::create_directories((folder / file).parent_path());
    write_file(folder / file, "");
    EXPECT_EQ(find_file("mnist", kImages, {folder / "none", folder.path()}), folder / file);
    EXPECT_ERROR_HAS(find_file("fashion_mnist", kImages, {folder.path()}), "not found");  // its files are called alike
  }
}

TEST(FindFile, KnowsTheUsualFoldersOfFashionMnist) {
  for (const std::string own : {"fashion_mnist", "fashion-mnist", "FashionMNIST/raw"}) {
    const TempFolder folder;
    write_file(folder / (own + "/" + kImages), "");
    EXPECT_EQ(find_file("fashion_mnist", kImages, {folder.path()}), folder / (own + "/" + kImages));
  }
}

TEST(FindFile, AFolderOfTheFilesNameIsNoFile) {
  const TempFolder folder;
  fs::create_directories(folder / "mnist/train-images-idx3-ubyte");
  write_file(folder / "mnist/train-images.idx3-ubyte", "");
  EXPECT_EQ(find_file("mnist", kImages, {folder.path()}), folder / "mnist/train-images.idx3-ubyte");
}

TEST(FindFile, SaysWhatItTried) {
  EXPECT_EQ(error_of([] {
              find_file("mnist", kImages, {"/one", "/two"});
            }),
            "data set mnist: not found in /one/mnist, /two/mnist; tried the folders mnist, MNIST/raw, MNIST, "
            "mnist/MNIST/raw, mnist/raw there, and in them train-images-idx3-ubyte[.gz], train-images.idx3-ubyte[.gz]; "
            "fetch it with: scripts/data.sh mnist");
  EXPECT_EQ(error_of([] { find_in("/one", kImages); }),
            "reading /one/train-images-idx3-ubyte[.gz]: no such file, nor train-images.idx3-ubyte[.gz]; fetch it with "
            "scripts/data.sh");
}

}  // namespace
}  // namespace glassbox
