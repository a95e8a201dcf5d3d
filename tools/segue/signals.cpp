// Handlers call nothing but what POSIX allows in them: write, unlink, _exit, raise.
#include "tools/segue/signals.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace segue::command {
namespace {

// Two buffers in turn, so that a handler never reads one that is being filled.
std::array<std::array<char, 8192>, 2> temporary_names;
std::atomic<const char*> temporary_name{nullptr};
std::atomic<bool> is_progress_shown{false};

void say(std::string_view text) { [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size()); }

void leave_clean() {
  if (const char* name = temporary_name.load()) unlink(name);
  if (is_progress_shown.load()) say("\r\x1b[K");
}

void on_interruption(int signal) {
  leave_clean();
  _exit(128 + signal);
}

void on_crash(int signal) {
  leave_clean();
  say("segue: internal failure: this is a bug of Segue, not of your rules; please report it with the command that you gave, what it "
      "printed, and the "
      "output of `segue --version`\n");
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK;
  sigaction(signal, &action, nullptr);
}

// A debugger's or sanitizer's handler stays.
void handle_crash(int signal) {
  struct sigaction current = {};
  sigaction(signal, nullptr, &current);
  if (current.sa_handler == SIG_DFL) handle(signal, on_crash);
}

// An ignored interruption (`nohup`, a background job) stays ignored.
void handle_interruption(int signal) {
  struct sigaction current = {};
  sigaction(signal, nullptr, &current);
  if (current.sa_handler != SIG_IGN) handle(signal, on_interruption);
}

// A file that is opened must never become standard output because that was closed.
void keep_standard_files() {
  for (int file = 0; file <= 2; ++file) {
    if (fcntl(file, F_GETFD) == -1) open("/dev/null", file == STDOUT_FILENO ? O_RDONLY : O_RDWR);
  }
}

}  // namespace

void install_signal_handlers() {
  keep_standard_files();
  static std::array<char, 65536> stack;
  stack_t alternative = {};
  alternative.ss_sp = stack.data();
  alternative.ss_size = stack.size();
  sigaltstack(&alternative, nullptr);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) handle_interruption(signal);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) handle_crash(signal);
  std::signal(SIGPIPE, SIG_IGN);
  // A file that grows beyond the limit of the shell is a full disk to us: writing fails.
  std::signal(SIGXFSZ, SIG_IGN);
}

void set_temporary_file(const std::string& path) {
  static std::size_t turn = 0;
  std::array<char, 8192>& buffer = temporary_names[turn++ % 2];
  if (path.empty() || path.size() >= buffer.size()) {
    temporary_name.store(nullptr);
    return;
  }
  std::memcpy(buffer.data(), path.c_str(), path.size() + 1);
  temporary_name.store(buffer.data());
}

void set_progress_shown(bool is_shown) { is_progress_shown.store(is_shown); }

}  // namespace segue::command
