/// Runs mlp's main() in a child of this process: hundreds of calls, and LibTorch is loaded once.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

int mlp_main(int argc, char** argv);  // apps/mlp/main.cpp, compiled with -Dmain=mlp_main

namespace glassbox::hostile {

struct Ended {
  int code = -1, signal = 0;
  std::string out, err;
  double seconds = 0;
  int64_t peak_bytes = 0;
};

inline std::string text_of(FILE* file) {
  std::string text;
  char piece[4096];
  for (ssize_t got; (got = ::pread(::fileno(file), piece, sizeof piece, off_t(text.size()))) > 0;)
    text.append(piece, size_t(got));
  std::fclose(file);
  return text;
}

/// Starts in `folder`, with its tmp, if it has one, for temporary files; killed after `seconds`. This process must have
/// no threads.
inline Ended run_mlp(const std::vector<std::string>& words, const std::filesystem::path& folder, double seconds = 10) {
  FILE *out = std::tmpfile(), *err = std::tmpfile();
  const auto began = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(::fileno(out), STDOUT_FILENO);
    ::dup2(::fileno(err), STDERR_FILENO);
    if (::chdir(folder.c_str()) != 0) ::_exit(127);
    if (std::filesystem::exists("tmp")) ::setenv("TMPDIR", "tmp", /*overwrite=*/1);
    std::vector<std::string> own = {"mlp"};
    own.insert(own.end(), words.begin(), words.end());
    std::vector<char*> arguments;
    for (std::string& word : own) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int code = mlp_main(int(own.size()), arguments.data());
    std::cout.flush();
    std::cerr.flush();
    ::_exit(code);
  }
  Ended ended;
  int status = 0;
  rusage usage = {};
  const auto age = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  while (::wait4(child, &status, WNOHANG, &usage) == 0) {
    if (age() > seconds) ::kill(child, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ended.seconds = age();
  ended.peak_bytes = int64_t(usage.ru_maxrss) * 1024;
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  ended.out = text_of(out);
  ended.err = text_of(err);
  return ended;
}

}  // namespace glassbox::hostile
