/// Runs one of our programs as a user does: a process of its own, its output in files, no shell between.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace glassbox::e2e {

/// How a process ended. `code` is -1 if a signal ended it, and `signal` 0 if none did.
struct Ended {
  int code = -1, signal = 0;
  std::string out, err;
  double seconds = 0;
};

/// What a program is given beside its arguments.
struct Surroundings {
  std::filesystem::path folder = ".";                   ///< where it starts
  std::map<std::string, std::string> environment = {};  ///< changes to ours; "" removes a variable
  std::string stdout_to = "";  ///< a file that gets stdout in place of Ended::out, /dev/full say
  int ignored_signal = 0;      ///< as nohup and a shell's "&" leave one
};

/// build/bin: our own programs stand beside this test.
inline std::filesystem::path program_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

/// The sources: above the build folder, or where ctest starts us.
inline std::filesystem::path source_folder() {
  const auto above = program_folder().parent_path().parent_path();
  return std::filesystem::exists(above / "configs") ? above : std::filesystem::current_path();
}

/// One process. Dies with the test, and with this object.
class Program {
 public:
  /// `name`: "mlp" (beside this test) or a path with a "/".
  Program(const std::string& name, const std::vector<std::string>& arguments, const Surroundings& around = {})
      : out_(std::tmpfile()), err_(std::tmpfile()) {
    if (out_ == nullptr || err_ == nullptr) throw std::runtime_error("cannot make files for a program's output");
    const std::string path = name.find('/') == std::string::npos ? (program_folder() / name).string() : name;
    std::vector<char*> words = {const_cast<char*>(path.c_str())};
    for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("cannot fork");
    if (pid_ == 0) become(words, around);
  }
  ~Program() {
    if (!reaped_) wait(/*seconds=*/0);
    std::fclose(out_);
    std::fclose(err_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void send(int signal) const {
    if (!reaped_) ::kill(pid_, signal);
  }

  bool running() {
    if (!reaped_) reaped_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return !reaped_;
  }

  /// Waits for the end. After `seconds` the process is killed, which `signal` then shows.
  Ended wait(double seconds = 120) {
    while (running() && age() < seconds) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (!reaped_) {
      send(SIGKILL);
      ::waitpid(pid_, &status_, 0);
      reaped_ = true;
    }
    Ended ended{-1, 0, text_of(out_), text_of(err_), age()};
    if (WIFEXITED(status_)) ended.code = WEXITSTATUS(status_);
    if (WIFSIGNALED(status_)) ended.signal = WTERMSIG(status_);
    return ended;
  }

  /// Seconds since the start.
  double age() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(); }

 private:
  [[noreturn]] void become(const std::vector<char*>& words, const Surroundings& around) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const auto& [name, value] : around.environment) {
      value.empty() ? ::unsetenv(name.c_str()) : ::setenv(name.c_str(), value.c_str(), 1);
    }
    // The test itself may have been started with "&" or nohup.
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_DFL);
    if (around.ignored_signal != 0) ::signal(around.ignored_signal, SIG_IGN);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    const int out = around.stdout_to.empty() ? ::fileno(out_) : ::open(around.stdout_to.c_str(), O_WRONLY);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(::fileno(err_), STDERR_FILENO);
    if (::chdir(around.folder.c_str()) == 0) ::execv(words[0], words.data());
    std::fprintf(stderr, "cannot start %s in %s\n", words[0], around.folder.c_str());
    ::_exit(127);
  }

  static std::string text_of(FILE* file) {
    std::string text;
    char piece[4096];
    for (ssize_t got; (got = ::pread(::fileno(file), piece, sizeof piece, off_t(text.size()))) > 0;) {
      text.append(piece, size_t(got));
    }
    return text;
  }

  FILE *out_, *err_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  pid_t pid_ = -1;
  int status_ = 0;
  bool reaped_ = false;
};

inline Ended run(const std::string& name, const std::vector<std::string>& arguments, const Surroundings& around = {}) {
  return Program(name, arguments, around).wait();
}

}  // namespace glassbox::e2e
