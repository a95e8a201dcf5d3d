// This file's external interface is what the command does when a signal ends it: temporary output is removed, the terminal is left clean,
// and a mistake of ours says what to report.
#pragma once

#include <string>

namespace segue::command {

// Interruption (SIGINT) ends with code 130, SIGTERM with 143, SIGHUP with 129, at once. A closed pipe does not end the command: writing to it fails.
// Crashes say what to report before they end. Call it once, first.
void install_signal_handlers();

// The file to remove when a signal ends the command; empty for none. One thread at a time calls it.
void set_temporary_file(const std::string& path);

// Whether a progress line stands on standard error, which a signal should wipe.
void set_progress_shown(bool is_shown);

}  // namespace segue::command
