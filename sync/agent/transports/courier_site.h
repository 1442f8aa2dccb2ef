#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/clock.h"
#include "shared/base/random.h"
#include "shared/base/result.h"
#include "shared/text/web_page.h"

namespace dga::agent {

// protocol.md, "Roads": how long a token opens the page.
inline constexpr std::uint64_t kCourierTokenMs = 10 * 60 * 1000;
// A bundle of receipts is some 200 bytes a log.
inline constexpr std::size_t kMostCourierUploadBytes = 1024 * 1024;

// What a phone may fetch.
struct CourierOffer {
  base::Bytes bundle;
  std::string file_name;       // letters, digits, '-', '_' and '.': "kiosk-1.dgab"
  std::string kiosk_name;      // "1"
  std::uint64_t records = 0;   // in the bundle
  std::string centre_address;  // "https://centre.example.org": where it is to be taken; may be empty
};

// What receipts that came back changed.
struct CourierSettled {
  std::uint64_t acknowledged = 0;      // records that they newly acknowledge
  std::uint64_t received_through = 0;  // what the centre has, as far as the kiosk knows now
  std::uint64_t waiting = 0;
  bool operator==(CourierSettled const&) const = default;
};
using SettleReceipts = std::function<base::Result<CourierSettled>(base::ByteView receipts)>;

// What happened on the page so far.
struct CourierNews {
  bool claimed = false;       // a phone has opened it
  std::uint32_t fetched = 0;  // times that the bundle's last byte was asked for and sent
  std::optional<CourierSettled> settled;
  bool operator==(CourierNews const&) const = default;
};

struct CourierRequest {
  std::string_view method, path;  // path: decoded, without the query
  std::string_view peer;          // the other side's address, without its port
  std::string_view language;      // of ?lang=
  std::string_view accept_language, range, if_range;
};

struct CourierAnswer {
  int status = 404;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  base::ByteView part;       // of the bundle, instead of a body: lives as long as the site
  bool ends_bundle = false;  // `part` reaches the bundle's end
};

// What the kiosk's page for phones answers, without a network. A token of 16 random bytes stands first in every path:
// /<token>, /<token>/<file_name>, /<token>/page.css, /<token>/phone.js, /<token>/receipts (POST). Everything else, and
// every path once ten minutes are over, is the same 404.
// The first address that shows the token claims it; from any other address the answer is that 404, too. An address
// and no cookie: a phone's camera opens the page in a small window of its own, its browser opens it once more and its
// download manager fetches the file, three programs with three cookie jars and one address. Within the ten minutes
// the same phone may fetch, resume and give back as often as it needs to.
// Thread: one at a time.
class CourierSite {
 public:
  // All but the offer outlive the site.
  CourierSite(CourierOffer offer, SettleReceipts settle, text::WebPages const& pages, base::Clock const& clock,
              base::Random& random);

  [[nodiscard]] std::string const& token() const { return token_; }
  [[nodiscard]] std::uint64_t expires_ms() const { return expires_ms_; }  // monotonic
  [[nodiscard]] bool expired() const { return clock_->mono_ms() >= expires_ms_; }
  [[nodiscard]] CourierNews const& news() const { return news_; }

  // GET and HEAD (whose body the server leaves out).
  [[nodiscard]] CourierAnswer answer(CourierRequest const& request);
  // Whether a body is to be read for this request at all.
  [[nodiscard]] bool takes_upload(CourierRequest const& request);
  // The body of a request that takes_upload() allowed, as JSON: {"received_through", "acknowledged", "waiting"}, or
  // {"error": code}.
  [[nodiscard]] CourierAnswer upload(base::ByteView receipts);
  // The last byte of the bundle has left.
  void sent_whole() { ++news_.fetched; }

  [[nodiscard]] static CourierAnswer not_found();
  [[nodiscard]] static CourierAnswer too_large();

 private:
  // What follows the token in the path; nothing where it is none, or not this address's.
  [[nodiscard]] std::optional<std::string_view> admitted(CourierRequest const& request);
  [[nodiscard]] CourierAnswer page(CourierRequest const& request) const;
  [[nodiscard]] CourierAnswer bundle(CourierRequest const& request) const;
  [[nodiscard]] CourierAnswer file(std::string_view name, std::string type) const;

  CourierOffer const offer_;
  SettleReceipts const settle_;
  text::WebPages const* pages_;
  base::Clock const* clock_;
  std::string token_, tag_;  // tag_: the bundle's ETag
  std::uint64_t expires_ms_;
  std::optional<std::string> claimed_by_;
  CourierNews news_;
};

}  // namespace dga::agent
