#include "shared/base/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

using namespace dga;

namespace {

// What is written to standard error while it lives.
class StandardError {
 public:
  StandardError() : before_(::dup(2)), file_(std::tmpfile()) {
    REQUIRE(file_ != nullptr);
    ::dup2(fileno(file_), 2);
  }
  ~StandardError() {
    give_back();
    std::fclose(file_);
  }
  StandardError(StandardError const&) = delete;
  StandardError& operator=(StandardError const&) = delete;
  std::string text() {
    give_back();
    std::string all(static_cast<std::size_t>(::lseek(fileno(file_), 0, SEEK_END)), '\0');
    REQUIRE(::pread(fileno(file_), all.data(), all.size(), 0) == static_cast<ssize_t>(all.size()));
    return all;
  }

 private:
  void give_back() {
    if (before_ < 0) return;
    std::fflush(stderr);
    ::dup2(before_, 2);
    ::close(before_);
    before_ = -1;
  }
  int before_;
  std::FILE* file_;
};

template <typename Act>
std::string logged(base::LogFormat format, Act act) {
  base::set_up_logging(format, base::LogLevel::kInfo);
  StandardError captured;
  act();
  auto text = captured.text();
  base::set_up_logging(base::LogFormat::kText, base::LogLevel::kWarning);
  return text;
}

}  // namespace

TEST_CASE("an event is one line of text with its fields") {
  auto const text = logged(base::LogFormat::kText, [] {
    base::log(base::LogLevel::kInfo, "batch.acknowledged", {{"through", "412"}, {"road", "https"}});
    base::log(base::LogLevel::kDebug, "not.shown");
  });
  CHECK(text.ends_with("info batch.acknowledged through=412 road=https\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("a field cannot begin a line of its own") {
  auto const text = logged(base::LogFormat::kText, [] {
    base::log(base::LogLevel::kError, "file.failed", {{"path", "a\n2024-11-12 error forged\x1b[2J"}});
  });
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("the same as JSON is one object a line, whatever its fields hold") {
  auto const text = logged(base::LogFormat::kJson, [] {
    base::log(base::LogLevel::kError, "file.failed", {{"path", "a\"b\\c\n{%v}"}, {"odd", "\xff"}});
    base::log(base::LogLevel::kInfo, "started");
  });
  auto const end = text.find('\n');
  auto const first = nlohmann::json::parse(text.substr(0, end));
  CHECK(first.at("event") == "file.failed");
  CHECK(first.at("level") == "error");
  CHECK(first.at("path") == "a\"b\\c\n{%v}");
  CHECK(first.at("time").get<std::string>().ends_with("Z"));
  CHECK(nlohmann::json::parse(text.substr(end + 1)).at("event") == "started");
}
