/// Where data sets lie on the disk.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace glassbox {

/// Where data sets are looked for: `given` (--data; if not empty, only there), else $GLASSBOX_DATA (folders separated
/// by ":") and then data/ here and beside the program's build folder.
std::vector<std::filesystem::path> data_folders(const std::filesystem::path& given);

/// The first of `folders` that has `name`'s own folder (Fashion-MNIST's is also known as fashion-mnist) with `file` or
/// file.gz in it: that file. Throws UserError with the folders and the command that fetches the set.
std::filesystem::path find_file(const std::string& name, const std::string& file,
                                const std::vector<std::filesystem::path>& folders);

/// The folder of the binary files of cifar10 or cifar100: its own, or the one that the official archive unpacks to.
std::filesystem::path find_cifar(const std::string& name, const std::vector<std::filesystem::path>& folders);

}  // namespace glassbox
