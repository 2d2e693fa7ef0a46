/// The least a LibTorch program can do: load the library and print one line.
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <iostream>

int main() { std::cout << "LibTorch " << TORCH_VERSION << ", " << at::get_num_threads() << " threads\n"; }
