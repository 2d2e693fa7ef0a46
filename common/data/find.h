/// Where data sets lie on the disk.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace glassbox {

/// Where data sets are looked for: `given` (--data; if not empty, only there), else $GLASSBOX_DATA (folders separated
/// by ":") and then data/ here and beside the program's build folder.
std::vector<std::filesystem::path> data_folders(const std::filesystem::path& given);

/// The first of `folders` that has `name`'s own folder (also as others call it: fashion-mnist, torchvision's MNIST/raw)
/// with `file` in it, under one of its usual names: that file. Throws UserError with all that was tried and the command
/// that fetches the set.
std::filesystem::path find_file(const std::string& name, const std::string& file,
                                const std::vector<std::filesystem::path>& folders);

/// `file` in `folder` under the first of its usual names: as it is or .gz, and train-images-idx3-ubyte also with a dot,
/// train-images.idx3-ubyte. Throws UserError that names them.
std::filesystem::path find_in(const std::filesystem::path& folder, const std::string& file);

/// The folder of the binary files of cifar10 or cifar100: its own, or the one that the official archive unpacks to.
std::filesystem::path find_cifar(const std::string& name, const std::vector<std::filesystem::path>& folders);

}  // namespace glassbox
