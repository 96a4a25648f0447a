// Small files: read whole, or replaced whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "lath/result.hpp"

namespace lath {

// kNotFound where there is none; kTooLarge over `bytes_max`, of which no more than that is read. Waits for nobody: a pipe is refused.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
// The same of whatever can be read, such as a pipe, as cat(1) does: waits for its writer.
Result<std::string> read_stream(const std::string& path, std::size_t bytes_max);
// To its end; `name` is for errors.
Result<std::string> read_descriptor(int descriptor, const std::string& name, std::size_t bytes_max);
enum class FileFor : std::uint8_t {
  kOwner,  // 0600 whatever the umask
  kAll,    // 0644 less the umask
};
// A reader sees no file or the whole of it, also after a crash: written beside, synced, and given its name, which of several that do so at
// once one gets. false: there is a file of that name, and stays.
Result<bool> create_file(const std::string& path, const std::string& text, FileFor whom);
// One that is not there is gone too.
Result<void> remove_file(const std::string& path);
// The name that `path` leads to where it is a symbolic link; "" where it is none.
std::string link_target(const std::string& path);

}  // namespace lath
