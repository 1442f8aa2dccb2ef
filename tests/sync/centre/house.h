#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>

#include "shared/base/log.h"
#include "shared/base/random.h"
#include "sync/centre/api.h"
#include "sync/centre/keys.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"

namespace dga::support {

inline constexpr std::int64_t kDemoMorning = 1'731'372'900'000;  // 2024-11-12T07:55:00+07:00

inline std::string demo_class_file() {
  std::ifstream file(std::string(DGA_SOURCE_DIR) + "/assets/demo/class.json");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}
// The demo class under another number, as a real one.
inline std::string real_class_file(std::uint64_t id) {
  auto file = nlohmann::json::parse(demo_class_file());
  file["id"] = id;
  file["rehearsal"] = false;
  return file.dump();
}

// A centre in a folder of its own, asked as the endpoint and the command line ask it.
class House {
 public:
  // `database`: as --database takes it; empty: the file in the folder.
  explicit House(std::uint64_t seed = 1, std::string const& database = {}) : random(base::seeded_random(seed)) {
    base::set_up_logging(base::LogFormat::kText,
                         base::LogLevel::kError);  // refusals are what most of these tests are about
    auto const made = centre::Centre::init(path(), clock, *random, database);
    REQUIRE_MESSAGE(made.ok(), made.error().what);
    open();
  }
  void open() {
    centre.reset();
    auto opened = centre::Centre::open(path(), clock, *random);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    centre = std::move(opened).value();
  }
  std::filesystem::path path() const { return folder_ / "centre"; }
  std::string beside(std::string const& name) const { return folder_ / name; }
  centre::CentreKeys keys() const { return centre::read_keys(path()).value(); }

  centre::Response ask(std::string method, std::string path, base::Bytes body = {}, std::string type = {},
                       std::string bearer = {}) const {
    centre::Request request;
    request.method = std::move(method);
    auto const mark = path.find('?');
    request.path = path.substr(0, mark);
    if (mark != std::string::npos) {
      std::istringstream query(path.substr(mark + 1));
      for (std::string pair; std::getline(query, pair, '&');)
        request.query[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    }
    request.body = std::move(body);
    request.content_type = std::move(type);
    request.bearer = std::move(bearer);
    return centre->handle(request);
  }
  centre::Response device(std::string path, base::Bytes body) const {
    return ask("POST", std::move(path), std::move(body), "application/octet-stream");
  }
  centre::Response coordinator(std::string method, std::string path, base::Bytes body = {},
                               std::string type = {}) const {
    return ask(std::move(method), std::move(path), std::move(body), std::move(type),
               std::string(centre->admin_token()));
  }
  nlohmann::json get(std::string path) const { return json_of(coordinator("GET", std::move(path)), 200); }
  nlohmann::json post(std::string path, nlohmann::json const& body, int status = 200) const {
    return json_of(coordinator("POST", std::move(path), body.dump(), "application/json"), status);
  }
  static nlohmann::json json_of(centre::Response const& response, int status) {
    CHECK_MESSAGE(response.status == status, response.body);
    return nlohmann::json::parse(response.body, nullptr, false);
  }
  static std::string error_code(centre::Response const& response) {
    auto const body = nlohmann::json::parse(response.body, nullptr, false);
    return body.is_object() && body.contains("error") ? body["error"].value("code", "") : "";
  }

  void demo_class() const {
    CHECK(coordinator("POST", "/api/v1/classes", demo_class_file(), "application/json").status == 201);
  }
  // "Người 1" ... with phones, numbered 1 ... `people`.
  void roster(std::uint64_t class_id, int people) const {
    std::string csv = "Họ và tên,Đơn vị công tác,Chức vụ,Tỉnh/thành,Số điện thoại,Nhóm\n";
    for (int i = 1; i <= people; ++i)
      csv += "Nguyễn Văn " + letters(i) + ",Sở Nội vụ,Chuyên viên,Huế,0903" + std::to_string(100000 + i) + "," +
             std::to_string(1 + i % 5) + "\n";
    auto const report = json_of(
        coordinator("POST", "/api/v1/classes/" + std::to_string(class_id) + "/roster?confirm=1", csv, "text/csv"), 200);
    CHECK(report["imported"] == people);
  }

  ManualClock clock{kDemoMorning};
  std::unique_ptr<base::Random> random;
  std::unique_ptr<centre::Centre> centre;

 private:
  static std::string letters(int number) {
    std::string text;
    for (; number > 0; number /= 26) text += static_cast<char>('a' + number % 26);
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
  }
  TemporaryFolder folder_;
};

}  // namespace dga::support
