// The only file of the agent that includes cpprestsdk: it takes seconds to compile, and its exceptions stop here.
#include "sync/agent/transports/https.h"

#include <cpprest/containerstream.h>
#include <cpprest/http_client.h>
#include <pplx/threadpool.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "sync/agent/transports/address.h"

namespace dga::agent {
namespace {

namespace http = web::http;

constexpr std::uint64_t kMostReplyBytes = 8 * 1024 * 1024;
constexpr std::uint64_t kMostPackReplyBytes = 64 * 1024 * 1024;
// Small, so that each one that gets through on a slow network shows that something moves.
constexpr std::size_t kChunkBytes = 16 * 1024;
// A pack of 64 MiB at some 100 KiB/s.
constexpr auto kPackPatience = std::chrono::minutes(10);

struct TooLarge : std::exception {};

// What the caller waits for. Shared with cpprestsdk's threads, so that a caller who gave up may leave it behind.
struct Exchange {
  std::mutex mutex;
  std::condition_variable_any done;
  std::optional<base::Result<Reply>> result;
  bool unsent = false;  // the connection broke before the request was out

  void finish(base::Result<Reply> outcome, bool broke_unsent) {
    {
      std::lock_guard const lock(mutex);
      result = std::move(outcome);
      unsent = broke_unsent;
    }
    done.notify_one();
  }
};

base::Error timeout() {
  return base::unreachable("net.timeout", "waited for the centre, and it did not answer in time",
                           "check the network; the kiosk tries again by itself");
}

base::Error too_large() {
  return base::unreachable("net.too_large", "read a reply that is larger than any of the centre's",
                           "check that the address is the centre's");
}

base::Error broken(std::exception const& exception) {
  return base::unreachable("net.failed",
                           std::string("called the centre, and the connection broke: ") + exception.what(),
                           "check the network; the kiosk tries again by itself");
}

// Host and port alone: what a person compares, and nothing that is secret.
std::string place_of(web::uri const& address) {
  return address.port() > 0 ? address.host() + ":" + std::to_string(address.port()) : address.host();
}

base::Error made_of(http::http_exception const& exception, std::string const& place) {
  std::string_view const what = exception.what();
  if (exception.error_code() == std::make_error_condition(std::errc::timed_out)) return timeout();
  if (what.find("resolv") != what.npos && what.find("endpoint") == what.npos)
    return base::unreachable("net.no_dns", "looked up the centre's name, and nobody knows it",
                             "check the network and the address");
  if (what.find("connect") != what.npos)
    return base::unreachable("net.refused", "called the centre at " + place + ", and nobody answers there",
                             "check that the centre runs, and the address");
  if (what.find("SSL handshake") != what.npos)
    return base::unreachable("net.certificate", "called the centre, and its certificate is not to be trusted",
                             "log in to this network in a browser if it asks for that; otherwise check the address and "
                             "the centre's certificate");
  return broken(exception);
}

// Seconds, or a date; the reply's own date tells how far away that is, since the kiosk's clock may be wrong.
std::optional<std::chrono::seconds> retry_after(http::http_headers const& headers) {
  std::string asked, date;
  if (!headers.match("Retry-After", asked) || asked.empty()) return std::nullopt;
  constexpr std::size_t kMostDigits = 9;
  if (asked.find_first_not_of("0123456789") == asked.npos)
    return std::chrono::seconds(asked.size() > kMostDigits ? 999'999'999 : std::stol(asked));
  auto const then = utility::datetime::from_string(asked, utility::datetime::RFC_1123);
  if (!headers.match("Date", date) || !then.is_initialized()) return std::nullopt;
  auto const now = utility::datetime::from_string(date, utility::datetime::RFC_1123);
  if (!now.is_initialized() || then < now) return std::nullopt;
  constexpr std::uint64_t kIntervalsPerSecond = 10'000'000;  // of 100 ns
  return std::chrono::seconds((then.to_interval() - now.to_interval()) / kIntervalsPerSecond);
}

using ReplyBody = concurrency::streams::container_buffer<std::vector<std::uint8_t>>;

void finish(Exchange& exchange, pplx::task<http::http_response> const& finished, ReplyBody& body,
            std::string const& place) {
  try {
    auto const response = finished.get();
    auto const& octets = body.collection();
    std::string bundle_header;
    response.headers().match("Dga-Bundle", bundle_header);
    exchange.finish(Reply{response.status_code(), response.headers().content_type(),
                          base::Bytes(octets.begin(), octets.end()), retry_after(response.headers()), bundle_header},
                    false);
  } catch (TooLarge const&) {
    exchange.finish(too_large(), false);
  } catch (http::http_exception const& exception) {
    exchange.finish(made_of(exception, place), std::string_view(exception.what()).starts_with("Failed to write"));
  } catch (std::exception const& exception) {
    exchange.finish(broken(exception), false);
  }
}

class HttpsTransport final : public Transport {
 public:
  HttpsTransport(web::uri const& address, http::client::http_client_config const& config,
                 std::chrono::milliseconds patience)
      : address_(address),
        config_(config),
        client_(std::make_unique<http::client::http_client>(address, config)),
        patience_(patience) {}

  base::Result<Reply> exchange(Request const& request, std::stop_token stop) override {
    auto reply = exchange_once(request, stop);
    if (!unsent_ || !std::exchange(worked_before_, false)) return reply;
    // The centre had closed the idle connection, which cpprestsdk notices only in some cases. Whatever else it keeps
    // may be as dead: all of it goes, and the request gets its first real try.
    client_ = std::make_unique<http::client::http_client>(address_, config_);
    return exchange_once(request, std::move(stop));
  }

 private:
  base::Result<Reply> exchange_once(Request const& request, std::stop_token stop) {
    auto const exchange = std::make_shared<Exchange>();
    pplx::cancellation_token_source cancel;
    unsent_ = false;
    try {
      start(request, exchange, cancel.get_token());
    } catch (std::exception const& exception) {
      return broken(exception);
    }
    std::unique_lock lock(exchange->mutex);
    if (exchange->done.wait_for(lock, stop, limit(request), [&] { return exchange->result.has_value(); })) {
      unsent_ = exchange->unsent;
      worked_before_ = worked_before_ || exchange->result->ok();
      return *std::move(exchange->result);
    }
    lock.unlock();
    // Closes the connection. A name that is being looked up cannot be interrupted: that is left behind.
    cancel.cancel();
    if (!stop.stop_requested()) return timeout();
    return base::unreachable("net.stopped", "stopped while waiting for the centre", "send again; nothing is lost");
  }

  // A courier's bundle is answered with its kiosks' packs, too.
  static bool brings_packs(Request const& request) {
    return request.path.ends_with("/packs") || request.path.ends_with("/bundles");
  }

  [[nodiscard]] std::chrono::milliseconds limit(Request const& request) const {
    auto const sending = patience_ + std::chrono::seconds(request.body.size() / 1024);
    return brings_packs(request) ? std::max<std::chrono::milliseconds>(sending, kPackPatience) : sending;
  }

  void start(Request const& request, std::shared_ptr<Exchange> const& exchange, pplx::cancellation_token const& token) {
    http::http_request message(request.method);
    message.set_request_uri(request.path);
    if (!request.bearer.empty()) message.headers().add(http::header_names::authorization, "Bearer " + request.bearer);
    message.set_body(std::vector<unsigned char>(request.body.begin(), request.body.end()));
    message.headers().set_content_type(request.content_type);
    auto const most = brings_packs(request) ? kMostPackReplyBytes : kMostReplyBytes;
    message.set_progress_handler([most](http::message_direction::direction direction, utility::size64_t bytes) {
      if (direction == http::message_direction::download && bytes > most) throw TooLarge();
    });
    ReplyBody body;
    message.set_response_stream(body.create_ostream());
    client_->request(message, token)
        .then([](http::http_response response) { return response.content_ready(); })
        .then([exchange, body, place = place_of(address_)](pplx::task<http::http_response> const& finished) mutable {
          finish(*exchange, finished, body, place);
        });
  }

  web::uri address_;
  http::client::http_client_config config_;
  std::unique_ptr<http::client::http_client> client_;
  std::chrono::milliseconds patience_;
  bool worked_before_ = false;  // so a connection may have been kept
  bool unsent_ = false;         // the last exchange broke before its request was out
};

}  // namespace

base::Result<std::unique_ptr<Transport>> https_transport(std::string_view address, HttpsOptions options) {
  TRY(auto const checked, read_address(address));
  auto const unusable = [](std::exception const& exception) {
    return base::usage("net.address",
                       std::string("prepared the connection to the centre, and could not: ") + exception.what(),
                       "check the address and the file of authorities");
  };
  try {
    http::client::http_client_config config;
    config.set_timeout(options.patience);
    config.set_chunksize(kChunkBytes);
    config.set_max_redirects(0);
    config.set_validate_certificates(true);
    if (checked.encrypted) {
      config.set_ssl_context_callback([authorities = options.authorities](boost::asio::ssl::context& context) {
        context.set_options(boost::asio::ssl::context::no_tlsv1 | boost::asio::ssl::context::no_tlsv1_1);
        if (!authorities.empty()) context.load_verify_file(authorities.string());
      });
    }
    return std::unique_ptr<Transport>(
        std::make_unique<HttpsTransport>(web::uri(checked.url), config, options.patience));
  } catch (std::exception const& exception) {
    return unusable(exception);
  }
}

void set_up_network_threads() {
  constexpr std::size_t kThreads = 2;
  try {
    crossplat::threadpool::initialize_with_threads(kThreads);
  } catch (std::exception const&) {
    // It runs already: the first call had its way.
  }
}

}  // namespace dga::agent
