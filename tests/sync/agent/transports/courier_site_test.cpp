#include "sync/agent/transports/courier_site.h"

#include <doctest/doctest.h>

#include <optional>

#include "tests/support/manual_clock.h"

namespace {

using namespace dga;
using namespace std::chrono_literals;

constexpr std::string_view kPhone = "192.168.1.40";

base::Bytes some_bundle() {
  base::Bytes bundle = "DGAB1\n";
  for (int i = 0; i < 1'000; ++i) bundle += static_cast<char>(i * 7);
  return bundle;
}

struct Desk {
  explicit Desk(std::string centre = "https://centre.example.org")
      : pages(text::WebPages::load(std::string(DGA_SOURCE_DIR) + "/assets/web").value()),
        site(
            {some_bundle(), "kiosk-1.dgab", "<1>", 1'240, std::move(centre)},
            [this](base::ByteView receipts) -> base::Result<agent::CourierSettled> {
              given = receipts;
              if (receipts != "receipts") return base::refused("bundle.not_one", "read a file that is none");
              return agent::CourierSettled{3, 1'240, 0};
            },
            pages, clock, *random) {}

  agent::CourierAnswer get(std::string_view path, std::string_view peer = kPhone, std::string_view range = {},
                           std::string_view if_range = {}) {
    agent::CourierRequest request;
    request.method = "GET";
    request.path = path;
    request.peer = peer;
    request.range = range;
    request.if_range = if_range;
    return site.answer(request);
  }
  std::string page() const { return "/" + site.token(); }
  std::string file() const { return page() + "/kiosk-1.dgab"; }

  support::ManualClock clock{1'731'372'900'000};
  std::unique_ptr<base::Random> random = base::seeded_random(5);
  text::WebPages pages;
  std::string given;
  agent::CourierSite site;
};

std::string header(agent::CourierAnswer const& answer, std::string_view name) {
  for (auto const& [each, value] : answer.headers)
    if (each == name) return value;
  return {};
}

bool is_the_404(agent::CourierAnswer const& answer) {
  auto const other = agent::CourierSite::not_found();
  return answer.status == 404 && answer.body == other.body && answer.headers == other.headers && answer.part.empty();
}

}  // namespace

TEST_CASE("the page says what the bundle holds, in the language that is asked for, and loads nothing from elsewhere") {
  Desk desk;
  agent::CourierRequest request;
  request.method = "GET";
  auto const path = desk.page();
  request.path = path;
  request.peer = kPhone;
  auto const vietnamese = desk.site.answer(request);
  CHECK(vietnamese.status == 200);
  CHECK(vietnamese.body.find("<html lang=\"vi\">") != std::string::npos);
  CHECK(vietnamese.body.find("<strong>1.240</strong> bản ghi") != std::string::npos);
  CHECK(vietnamese.body.find("https://centre.example.org/courier") != std::string::npos);
  CHECK(vietnamese.body.find("<strong>&lt;1&gt;</strong>") != std::string::npos);
  CHECK(header(vietnamese, "Content-Security-Policy").find("default-src 'none'") != std::string::npos);
  CHECK(header(vietnamese, "Cache-Control") == "no-store");
  CHECK(header(vietnamese, "Referrer-Policy") == "no-referrer");

  request.accept_language = "fr, en-GB;q=0.8, vi;q=0.5";
  CHECK(desk.site.answer(request).body.find("<strong>1,240</strong> records") != std::string::npos);
  request.language = "vi";  // the page's own switch
  CHECK(desk.site.answer(request).body.find("<html lang=\"vi\">") != std::string::npos);
  CHECK(desk.get(desk.page() + "/page.css").body.find("--ink") != std::string::npos);
  CHECK(desk.get(desk.page() + "/phone.js").body.find("use strict") != std::string::npos);
}

TEST_CASE("a kiosk that knows no address of its centre names none") {
  Desk desk("");
  auto const page = desk.get(desk.page()).body;
  CHECK(page.find("/courier") == std::string::npos);
}

TEST_CASE("every path but the page's five is the same 404, and so is every token but the right one") {
  Desk desk;
  auto const token = desk.site.token();
  auto wrong = token;
  wrong[0] = wrong[0] == '0' ? '1' : '0';
  for (auto const& path :
       {std::string("/"), std::string(""), std::string("/index.html"), std::string("/favicon.ico"), token, "/" + wrong,
        "/" + wrong + "/kiosk-1.dgab", "/" + token.substr(0, 31), "/" + token + "0", "/" + token + "/",
        "/" + token + "/phone.html", "/" + token + "/vi.json", "/" + token + "/../" + token, "//" + token,
        "/" + token + "/kiosk-1.dgab/", "/" + token + "/receipts", std::string("/page.css")}) {
    INFO(path);
    CHECK(is_the_404(desk.get(path)));
  }
  CHECK(desk.get(desk.page()).status == 200);  // the check can fail
}

TEST_CASE("the first address that shows the token keeps it; from any other it is a 404") {
  Desk desk;
  CHECK(is_the_404(desk.get("/0123456789abcdef0123456789abcdef", "192.168.1.99")));  // a wrong token claims nothing
  CHECK_FALSE(desk.site.news().claimed);
  CHECK(desk.get(desk.page()).status == 200);
  CHECK(desk.site.news().claimed);
  CHECK(is_the_404(desk.get(desk.page(), "192.168.1.41")));
  CHECK(is_the_404(desk.get(desk.file(), "192.168.1.41")));
  CHECK(desk.get(desk.file()).status == 200);
}

TEST_CASE("after ten minutes by the monotonic clock the token opens nothing") {
  Desk desk;
  CHECK(desk.get(desk.page()).status == 200);
  desk.clock.advance(10min - 1ms);
  CHECK(desk.get(desk.file()).status == 200);
  desk.clock.advance(1ms);
  CHECK(desk.site.expired());
  CHECK(is_the_404(desk.get(desk.page())));
  CHECK(is_the_404(desk.get(desk.file())));
  agent::CourierRequest upload;
  auto const path = desk.page() + "/receipts";
  upload.method = "POST";
  upload.path = path;
  upload.peer = kPhone;
  CHECK_FALSE(desk.site.takes_upload(upload));
}

TEST_CASE("a download that broke off goes on where it stopped, and never mixes two bundles") {
  Desk desk;
  auto const whole = desk.get(desk.file());
  auto const tag = header(whole, "ETag");
  auto const bundle = some_bundle();
  CHECK(whole.part == bundle);
  CHECK(whole.ends_bundle);
  CHECK(header(whole, "Content-Disposition") == "attachment; filename=\"kiosk-1.dgab\"");

  auto const rest = desk.get(desk.file(), kPhone, "bytes=500-");
  CHECK(rest.status == 206);
  CHECK(rest.part == bundle.substr(500));
  CHECK(header(rest, "Content-Range") == "bytes 500-1005/1006");
  auto const middle = desk.get(desk.file(), kPhone, "bytes=10-19");
  CHECK(middle.part == bundle.substr(10, 10));
  CHECK_FALSE(middle.ends_bundle);
  CHECK(desk.get(desk.file(), kPhone, "bytes=-6").part == bundle.substr(1'000));
  CHECK(desk.get(desk.file(), kPhone, "bytes=-9999").part == bundle);
  CHECK(desk.get(desk.file(), kPhone, "bytes=1000-5000").part == bundle.substr(1'000));

  for (auto const* outside : {"bytes=1006-", "bytes=5000-6000", "bytes=-0"}) {
    INFO(outside);
    auto const answer = desk.get(desk.file(), kPhone, outside);
    CHECK(answer.status == 416);
    CHECK(answer.part.empty());
    CHECK(header(answer, "Content-Range") == "bytes */1006");
  }
  for (auto const* none : {"", "bytes=", "bytes=5", "bytes=a-b", "bytes=9-5", "bytes=0-1,5-6", "items=0-1",
                           "bytes=99999999999999999999-"}) {
    INFO(none);
    auto const answer = desk.get(desk.file(), kPhone, none);
    CHECK(answer.status == 200);
    CHECK(answer.part == bundle);
  }
  CHECK(desk.get(desk.file(), kPhone, "bytes=500-", tag).status == 206);
  CHECK(desk.get(desk.file(), kPhone, "bytes=500-", "\"another\"").part == bundle);
}

TEST_CASE("receipts are taken from the phone that holds the token, and refused in one word") {
  Desk desk;
  agent::CourierRequest request;
  auto const path = desk.page() + "/receipts";
  request.method = "POST";
  request.path = path;
  request.peer = kPhone;
  CHECK(desk.site.takes_upload(request));
  auto const good = desk.site.upload("receipts");
  CHECK(good.status == 200);
  CHECK(good.body == R"({"received_through":1240,"acknowledged":3,"waiting":0})");
  CHECK(desk.site.news().settled->received_through == 1'240);
  auto const bad = desk.site.upload("holiday.jpg");
  CHECK(bad.status == 422);
  CHECK(bad.body == R"({"error":"bundle.not_one"})");

  request.peer = "192.168.1.41";
  CHECK_FALSE(desk.site.takes_upload(request));
  request.peer = kPhone;
  request.method = "PUT";
  CHECK_FALSE(desk.site.takes_upload(request));
  CHECK(is_the_404(desk.site.answer(request)));
}

TEST_CASE("two pages never share a token") {
  Desk desk;
  auto const first = desk.site.token();
  agent::CourierSite const second({}, {}, desk.pages, desk.clock, *desk.random);
  CHECK(first.size() == 32);
  CHECK(second.token() != first);
}
