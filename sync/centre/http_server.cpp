#include "sync/centre/http_server.h"

// The library's macro U would break fmt.
#define _TURN_OFF_PLATFORM_STRING
#include <cpprest/http_listener.h>
#include <fmt/format.h>
#include <pplx/threadpool.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "shared/base/log.h"
#include "shared/base/mailbox.h"
#include "sync/centre/answers.h"

namespace dga::centre {
namespace http = web::http;
using http::experimental::listener::http_listener;

namespace {

// Every connection that sends has such a buffer: with 200 of them larger ones would take as much as the batches do.
constexpr std::size_t kReadBytes = 16 * 1024;

http::http_response to_library(Response const& response) {
  http::http_response out(static_cast<http::status_code>(response.status));
  std::vector<unsigned char> body(response.body.begin(), response.body.end());
  if (!body.empty()) out.set_body(std::move(body));
  if (!response.content_type.empty() && !response.body.empty()) out.headers().set_content_type(response.content_type);
  for (auto const& [name, value] : response.headers) out.headers().add(name, value);
  out.headers().add("Cache-Control", "no-store");
  return out;
}

std::string header(http::http_request const& request, char const* name) {
  auto const found = request.headers().find(name);
  return found == request.headers().end() ? std::string() : found->second;
}

// Nothing when it is absent or no number.
std::optional<std::uint64_t> declared_length(http::http_request const& request) {
  auto const text = header(request, "Content-Length");
  std::uint64_t length = 0;
  auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return length;
}

// Everything but the body. Throws uri_exception where a percent sign begins nothing.
Request request_head(http::http_request const& request) {
  Request head;
  head.method = request.method();
  head.path = web::uri::decode(request.request_uri().path());
  for (auto const& [name, value] : web::uri::split_query(request.request_uri().query()))
    head.query[web::uri::decode(name)] = web::uri::decode(value);
  head.content_type = header(request, "Content-Type");
  head.accept_language = header(request, "Accept-Language");
  auto const authorization = header(request, "Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.starts_with(kScheme)) head.bearer = authorization.substr(kScheme.size());
  return head;
}

}  // namespace

// A request whose body has come, and where its answer goes.
struct Job {
  http::http_request library_request;
  Request request;
  std::shared_ptr<void> held;  // its share of the limits, given back at the end
};

struct HttpServer::Inside {
  Inside(Centre& the_centre, base::Clock const& the_clock, std::string where, HttpLimits the_limits)
      : centre(the_centre),
        clock(the_clock),
        address(std::move(where)),
        limits(the_limits),
        jobs(limits.waiting),
        bodies(limits.body_bytes),
        large_bodies(limits.large_body_bytes),
        listener(web::uri(address)) {}

  void work() {
    while (true) {
      auto taken = jobs.receive(1);
      if (taken.empty()) return;
      for (auto& job : taken) reply(job.library_request, answer(job.request), std::move(job.held));
    }
  }
  Response answer(Request const& request) {
    try {
      return centre.handle(request);
    } catch (std::exception const&) {  // its text might hold what was sent
      base::log(base::LogLevel::kError, "http.failed", {{"method", request.method}});
      return error_answer(
          base::storage("http.failed", "the centre failed while it answered", "Try again; if it stays so, see its log"),
          500);
    }
  }
  // Whoever asked may be gone; that is their business.
  static void reply(http::http_request const& request, Response const& response, std::shared_ptr<void> held) {
    try {
      request.reply(to_library(response)).then([held](pplx::task<void> sent) {
        try {
          sent.get();
        } catch (std::exception const&) {
          base::log(base::LogLevel::kDebug, "http.reply_not_delivered");
        }
      });
    } catch (std::exception const&) {
      base::log(base::LogLevel::kDebug, "http.reply_not_delivered");
    }
  }

  // Room that slow senders keep is found where somebody needs it, and from no more of them than it takes.
  void drop_late(BodyBudget const& short_of, std::size_t needed) {
    std::lock_guard lock(mutex);
    for (auto* body : coming) {
      if (short_of.has_room(needed)) return;
      body->drop_if_late(short_of, clock.mono_ms());
    }
  }

  Centre& centre;
  base::Clock const& clock;
  std::string const address;
  HttpLimits const limits;
  base::Mailbox<Job> jobs;
  BodyBudget bodies, large_bodies;
  http_listener listener;
  std::vector<std::thread> workers;
  std::atomic<bool> stopping{false};

  // Counts exchanges under way, so that stop() can wait for them, and knows their bodies; held for moments. Taken
  // before a body's own lock, never after it.
  std::mutex mutex;
  std::condition_variable finished;
  std::size_t under_way = 0;
  std::set<ComingBody*> coming;
};

namespace {

// One request from its head to its job: reads the body as it comes, keeps it while it may be kept and throws the rest
// away, since the library delivers no answer before the body has ended. Everything runs on the library's threads and
// nothing in it blocks; the lock is there because another request may need this one's room.
template <typename Inside>
class Reading final : public ComingBody, public std::enable_shared_from_this<Reading<Inside>> {
 public:
  Reading(std::shared_ptr<Inside> inside, http::http_request request)
      : inside_(std::move(inside)),
        budget_(&inside_->bodies),
        library_request_(std::move(request)),
        body_(library_request_.body().streambuf()),
        began_ms_(inside_->clock.mono_ms()) {
    std::lock_guard lock(inside_->mutex);
    ++inside_->under_way;
    inside_->coming.insert(this);
  }
  ~Reading() {
    std::lock_guard lock(inside_->mutex);  // first of all: nobody else looks at it from here on
    inside_->coming.erase(this);
    release_body();
    --inside_->under_way;
    inside_->finished.notify_all();
  }
  void drop_if_late(BodyBudget const& short_of, std::uint64_t now_ms) override {
    std::lock_guard lock(mutex_);
    if (charged_ == 0 || budget_ != &short_of) return;
    if (!whole_ && gives_way(inside_->limits.pace, now_ms - began_ms_, received_)) refuse(came_too_slowly());
  }

  void begin() {
    start_reading();
    read_more();
  }

 private:
  void start_reading() {
    std::lock_guard lock(mutex_);
    declared_ = declared_length(library_request_);
    if (inside_->stopping)
      refuse(base::refused("http.stopping", "the centre is being stopped", "Try again in a moment"));
    try {
      request_ = request_head(library_request_);
      most_ = inside_->centre.most_body_bytes(request_.method, request_.path);
    } catch (std::exception const&) {
      refuse(base::usage("http.address", "the request's address can't be read", "Check its percent signs"));
    }
    if (declared_) check_size(*declared_);
    // One that does not say how long it is may become as large as its address allows.
    if (std::min(declared_.value_or(most_), std::uint64_t{most_}) > inside_->limits.large_body)
      budget_ = &inside_->large_bodies;
  }
  void read_more() {
    auto self = this->shared_from_this();
    // Nobody looks at this task's outcome: an exception that left it would end the process.
    body_.getn(chunk_.data(), chunk_.size()).then([self](pplx::task<std::size_t> read) {
      try {
        self->go_on(read);
      } catch (std::exception const&) {
        self->give_up();
      }
    });
  }
  void go_on(pplx::task<std::size_t> const& read) {
    std::size_t got = 0;
    try {
      got = read.get();
    } catch (std::exception const&) {
      std::lock_guard lock(mutex_);
      refuse(base::usage("http.cut", "the request's body ended in the middle", "Send it again"));
    }
    if (got == 0) return finish();
    if (!find_room(got)) {
      inside_->drop_late(*budget_, got);
      if (!find_room(got)) {
        std::lock_guard lock(mutex_);
        refuse(base::refused("http.busy", "the centre is reading too many bodies at once", "Try again in a moment"));
      }
    }
    take(got);
    read_more();
  }
  // Charges for what has come, where it is to be kept; false where there is no room for it.
  bool find_room(std::size_t got) {
    std::lock_guard lock(mutex_);
    // An address that takes no body answers for itself (404, 405): what comes with the question is let go.
    if (refused_ || most_ == 0) return true;
    if (!budget_->take(got)) return false;
    charged_ += got;
    return true;
  }
  // What is left where reading on failed; where even the answer fails, the connection's end tells the kiosk.
  void give_up() {
    try {
      {
        std::lock_guard lock(mutex_);
        refuse(base::refused("http.busy", "the centre could not read the request to its end", "Try again in a moment"));
      }
      base::log(base::LogLevel::kError, "http.reading_failed");
      Inside::reply(library_request_, error_answer(*refused_), this->shared_from_this());
    } catch (std::exception const&) {
      std::lock_guard lock(mutex_);
      release_body();
    }
  }
  void take(std::size_t got) {
    std::lock_guard lock(mutex_);
    received_ += got;
    check_size(received_);
    if (too_slow(inside_->limits.pace, inside_->clock.mono_ms() - began_ms_, received_)) refuse(came_too_slowly());
    if (refused_ || most_ == 0) return;
    try {
      keep(got);
    } catch (std::bad_alloc const&) {
      refuse(base::refused("http.busy", "the centre has no memory for the body", "Try again in a moment"));
    }
  }
  void keep(std::size_t got) {
    // Room for all of it at once: a string that grows by doubling holds up to twice what has come. Memory that nobody
    // has written to yet costs nothing, so a sender that announces much and hangs gains nothing by it.
    if (request_.body.empty() && declared_) request_.body.reserve(std::min<std::size_t>(*declared_, most_));
    request_.body.append(reinterpret_cast<char const*>(chunk_.data()), got);
  }
  void finish() {
    auto self = this->shared_from_this();
    std::optional<Job> job;
    {
      std::lock_guard lock(mutex_);
      whole_ = true;
      if (!refused_ && declared_ && *declared_ != received_)
        refuse(base::usage("http.length",
                           fmt::format("the body has {} bytes, its Content-Length says {}", received_, *declared_),
                           "Send it again"));
      if (!refused_) job = Job{library_request_, std::move(request_), self};
    }
    if (job) {
      if (inside_->jobs.try_send(*job)) return;
      std::lock_guard lock(mutex_);
      refuse(base::refused("http.busy", "too many requests wait for the centre", "Try again in a moment"));
    }
    Inside::reply(library_request_, error_answer(*refused_), self);
  }
  static base::Error came_too_slowly() {
    return base::refused("http.too_slow", "the request's body came so slowly that its room was given to others",
                         "Try again with less at a time");
  }
  void check_size(std::uint64_t bytes) {
    if (most_ == 0 || bytes <= most_) return;
    refuse(base::refused("http.too_large",
                         fmt::format("the body is larger than the {} bytes that this address takes", most_),
                         "Send less at a time"));
  }
  // The first reason stands; what has been kept is let go. REQUIRES: mutex_, as all that follows.
  void refuse(base::Error error) {
    if (!refused_) refused_ = std::move(error);
    base::Bytes().swap(request_.body);
    release_body();
  }
  void release_body() {
    budget_->give_back(charged_);
    charged_ = 0;
  }

  std::shared_ptr<Inside> inside_;
  BodyBudget* budget_;  // of inside_
  http::http_request library_request_;
  concurrency::streams::streambuf<unsigned char> body_;
  std::uint64_t const began_ms_;
  std::array<unsigned char, kReadBytes> chunk_;

  std::mutex mutex_;
  bool whole_ = false;  // all of it has come: whatever happens now, it is no longer slow
  Request request_;
  std::optional<std::uint64_t> declared_;
  std::optional<base::Error> refused_;
  std::size_t most_ = 0;
  std::uint64_t received_ = 0;
  std::size_t charged_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::start(Centre& centre, base::Clock const& clock,
                                                            std::string_view address, HttpLimits limits) {
  TRY(auto const where, loopback_address(address));
  try {
    auto inside = std::make_shared<Inside>(centre, clock, where, limits);
    // The listener lives in `inside`: a strong pointer in its own handler would keep both for ever.
    inside->listener.support([weak = std::weak_ptr(inside)](http::http_request request) {
      if (auto strong = weak.lock()) std::make_shared<Reading<Inside>>(strong, std::move(request))->begin();
    });
    inside->listener.open().wait();
    for (std::size_t i = 0; i < limits.workers; ++i)
      inside->workers.emplace_back([raw = inside.get()] { raw->work(); });
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(inside)));
  } catch (std::exception const&) {
    return base::refused("listen.in_use", fmt::format("could not listen on {}", where),
                         "Another program may be using this port: choose another with --listen");
  }
}

HttpServer::HttpServer(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}
HttpServer::~HttpServer() { stop(); }

void HttpServer::stop() {
  if (inside_->stopping.exchange(true)) return;
  auto const patience = std::chrono::milliseconds(inside_->limits.drain_ms);
  auto const none_left = [&] { return inside_->under_way == 0; };
  {
    std::unique_lock lock(inside_->mutex);
    inside_->finished.wait_for(lock, patience, none_left);
  }
  try {
    inside_->listener.close().wait();  // bodies that still have not ended are cut here
  } catch (std::exception const&) {
    base::log(base::LogLevel::kWarning, "http.close_failed");
  }
  {
    std::unique_lock lock(inside_->mutex);
    inside_->finished.wait_for(lock, patience, none_left);
  }
  inside_->jobs.close();
  for (auto& worker : inside_->workers) worker.join();
}

std::string const& HttpServer::address() const { return inside_->address; }

void set_up_http_threads() { crossplat::threadpool::initialize_with_threads(2); }

}  // namespace dga::centre
