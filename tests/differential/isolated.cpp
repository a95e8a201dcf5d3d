// Cases in child processes.
#include "tests/differential/isolated.h"

#include <cassert>
#include <csignal>
#include <cstring>
#include <new>
#include <string>
#include <thread>

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace segue::differential {
namespace {

using WallClock = std::chrono::steady_clock;

std::string end_of(int status) {
  if (WIFSIGNALED(status)) return std::string("crash: ") + strsignal(WTERMSIG(status));
  return "crash: exit code " + std::to_string(WEXITSTATUS(status));
}

void write_all(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = write(file, text.data() + done, text.size() - done);
    if (count <= 0) return;
    done += static_cast<std::size_t>(count);
  }
}

// What the child writes until it ends; nothing when it takes too long.
std::optional<std::string> read_all(int file, WallClock::time_point until) {
  std::string text;
  char buffer[4096];
  while (true) {
    pollfd waiting{file, POLLIN, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - WallClock::now()).count();
    if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) <= 0) return std::nullopt;
    const ssize_t count = read(file, buffer, sizeof buffer);
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

[[noreturn]] void judge_in_child(const Case& made, const std::filesystem::path& folder, int file) {
  Tally tally;
  const auto failure = find_failure(made, folder, tally);
  if (failure) write_all(file, failure->category + '\0' + failure->message);
  _exit(0);
}

// What worker and watcher share.
struct Board {
  std::atomic<std::uint64_t> seed{0};
  std::atomic<std::uint64_t> done{0};
  Tally tally;
};

[[noreturn]] void work(const Stretch& stretch, const std::filesystem::path& folder, Board& board) {
  for (std::uint64_t i = 0; i < stretch.count && WallClock::now() < stretch.until; ++i) {
    board.seed = stretch.first + i;
    if (find_failure(make_case(stretch.first + i), folder, board.tally)) _exit(1);
    board.done = i + 1;
  }
  _exit(0);
}

// Waits for the worker; true when it ended well. One case that takes too long ends it.
bool watch(pid_t worker, const Board& board) {
  std::uint64_t seed = board.seed;
  WallClock::time_point since = WallClock::now();
  int status = 0;
  while (waitpid(worker, &status, WNOHANG) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (board.seed != seed) {
      seed = board.seed;
      since = WallClock::now();
    }
    if (WallClock::now() - since > kCaseLimit) kill(worker, SIGKILL);
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::optional<Failure> judge_isolated(const Case& made, const std::filesystem::path& folder) {
  int ends[2];
  const int is_failed = pipe(ends);
  assert(is_failed == 0);
  (void)is_failed;
  const pid_t child = fork();
  assert(child >= 0);
  if (child == 0) {
    close(ends[0]);
    judge_in_child(made, folder, ends[1]);
  }
  close(ends[1]);
  const std::optional<std::string> text = read_all(ends[0], WallClock::now() + kCaseLimit);
  close(ends[0]);
  if (!text) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (!text) return Failure{"endless", "the case takes too long"};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return Failure{end_of(status), end_of(status)};
  if (text->empty()) return std::nullopt;
  const std::size_t cut = text->find('\0');
  return Failure{text->substr(0, cut), text->substr(cut + 1)};
}

Progress run_worker(const Stretch& stretch, const std::filesystem::path& folder) {
  void* memory = mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert(memory != MAP_FAILED);
  auto* board = new (memory) Board;
  board->seed = stretch.first;
  const pid_t worker = fork();
  assert(worker >= 0);
  if (worker == 0) work(stretch, folder, *board);
  Progress progress;
  if (!watch(worker, *board)) progress.failed = board->seed;
  progress.done = board->done;
  progress.tally = board->tally;
  munmap(memory, sizeof(Board));
  return progress;
}

}  // namespace segue::differential
