#include "sync/agent/transports/courier_page.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <list>
#include <stop_token>
#include <thread>

#include "shared/base/assets.h"
#include "shared/base/log.h"

namespace dga::agent {
namespace {

// The library looks at its sockets so often at least; deadlines and the end of the page wait for it no longer.
constexpr int kLookMs = 100;
// All of a request's head must fit, and MHD's own buffers; a browser on a phone sends some 700 bytes.
constexpr std::size_t kConnectionBytes = 16 * 1024;
// Where nothing moves at all. The head and the body have deadlines of their own besides: one byte a second is not
// still.
constexpr unsigned kStillSeconds = 20;

// One request, from its head to its answer's last byte.
struct Exchange {
  bool head_read = false;
  bool takes_upload = false, too_large = false, counts = false;
  base::Bytes body;
};

// A connection that the library has taken on.
struct Guest {
  MHD_Connection* connection = nullptr;
  int socket = -1;
  std::uint64_t until_ms = 0;
};

std::string_view text_of(char const* text) { return text ? std::string_view(text) : std::string_view(); }

class Server final : public CourierPage {
 public:
  Server(Parts parts, text::WebPages pages)
      : parts_(std::move(parts)),
        pages_(std::move(pages)),
        site_(std::move(parts_.offer), std::move(parts_.settle), pages_, parts_.clock, parts_.random) {}
  ~Server() override {
    thread_ = std::jthread();  // asks it to stop, and waits
    if (daemon_) MHD_stop_daemon(daemon_);
  }
  Server(Server const&) = delete;
  Server& operator=(Server const&) = delete;

  std::string const& url() const override { return url_; }
  std::uint64_t expires_ms() const override { return site_.expires_ms(); }

  base::Done listen() {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    if (::inet_pton(AF_INET, parts_.address.c_str(), &here.sin_addr) != 1)
      return base::refused("phone.address", parts_.address + " is no address of version 4",
                           "Name one of this machine's addresses");
    daemon_ = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, nullptr, nullptr, &Server::handle, this,  //
                               MHD_OPTION_EXTERNAL_LOGGER, &Server::say_nothing, nullptr,                      //
                               MHD_OPTION_SOCK_ADDR, reinterpret_cast<sockaddr*>(&here),                       //
                               MHD_OPTION_CONNECTION_LIMIT, parts_.limits.connections,                         //
                               MHD_OPTION_CONNECTION_TIMEOUT, kStillSeconds,                                   //
                               MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionBytes,                           //
                               MHD_OPTION_STRICT_FOR_CLIENT, 1,                                                //
                               MHD_OPTION_NOTIFY_CONNECTION, &Server::came_or_went, this,                      //
                               MHD_OPTION_NOTIFY_COMPLETED, &Server::completed, this, MHD_OPTION_END);
    auto const* const port = daemon_ ? MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT) : nullptr;
    if (!port)
      return base::storage("phone.not_bound", fmt::format("could not serve a page at {}", parts_.address),
                           "Check that this machine is on the network, then open the page again");
    url_ = fmt::format("http://{}:{}/{}", parts_.address, port->port, site_.token());
    thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
    return {};
  }

 private:
  void serve(std::stop_token stop) {
    while (!stop.stop_requested()) {
      MHD_run_wait(daemon_, kLookMs);
      show_out();
      tell();
    }
  }

  // Whoever takes too long for what they want to say. The library's own time-out sees silence only.
  void show_out() {
    auto const now_ms = parts_.clock.mono_ms();
    for (auto& guest : guests_)
      if (now_ms >= guest.until_ms) ::shutdown(guest.socket, SHUT_RDWR);
  }

  void tell() {
    if (site_.news() == told_ || !parts_.news) return;
    told_ = site_.news();
    parts_.news(told_);
  }

  static void say_nothing(void*, char const*, va_list) {}  // what strangers send is no news

  static void came_or_went(void* self, MHD_Connection* connection, void**, MHD_ConnectionNotificationCode what) {
    auto& server = *static_cast<Server*>(self);
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
      server.guests_.remove_if([&](Guest const& guest) { return guest.connection == connection; });
      return;
    }
    auto const* const info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info)
      server.guests_.push_back(
          {connection, info->connect_fd, server.parts_.clock.mono_ms() + server.parts_.limits.head_ms});
  }

  static void completed(void* self, MHD_Connection*, void** kept, MHD_RequestTerminationCode how) {
    std::unique_ptr<Exchange> const exchange(static_cast<Exchange*>(*kept));
    *kept = nullptr;
    if (exchange && exchange->counts && how == MHD_REQUEST_TERMINATED_COMPLETED_OK)
      static_cast<Server*>(self)->site_.sent_whole();
  }

  // An exception must not pass through the library, which is written in C.
  static MHD_Result handle(void* self, MHD_Connection* connection, char const* path, char const* method, char const*,
                           char const* upload, std::size_t* upload_bytes, void** kept) {
    try {
      if (!*kept) *kept = new Exchange();  // completed() takes it back
      return static_cast<Server*>(self)->step(connection, path, method, {upload, *upload_bytes}, upload_bytes,
                                              *static_cast<Exchange*>(*kept));
    } catch (std::exception const&) {
      base::log(base::LogLevel::kError, "courier.failed");
      return MHD_NO;
    }
  }

  // The library calls once for the head, once for each piece of the body, and once at its end.
  MHD_Result step(MHD_Connection* connection, char const* path, char const* method, base::ByteView piece,
                  std::size_t* piece_bytes, Exchange& exchange) {
    auto const request = request_of(connection, path, method);
    if (!exchange.head_read) {
      exchange.head_read = true;
      exchange.takes_upload = site_.takes_upload(request);
      grant(connection, exchange.takes_upload ? parts_.limits.upload_ms : kCourierTokenMs);
      if (!exchange.takes_upload) return reply(connection, site_.answer(request), exchange);
      if (text_of(header(connection, "Content-Length")).size() > 7) exchange.too_large = true;
      return exchange.too_large ? reply(connection, CourierSite::too_large(), exchange) : MHD_YES;
    }
    if (piece.empty())
      return reply(connection, exchange.too_large ? CourierSite::too_large() : site_.upload(exchange.body), exchange);
    *piece_bytes = 0;  // taken
    if (exchange.body.size() + piece.size() > kMostCourierUploadBytes) {
      exchange.too_large = true;
      base::Bytes().swap(exchange.body);
    }
    if (!exchange.too_large) exchange.body += piece;
    return MHD_YES;
  }

  static char const* header(MHD_Connection* connection, char const* name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  }

  CourierRequest request_of(MHD_Connection* connection, char const* path, char const* method) {
    CourierRequest request;
    request.method = method;
    request.path = path;
    request.language = text_of(MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "lang"));
    request.accept_language = text_of(header(connection, "Accept-Language"));
    request.range = text_of(header(connection, "Range"));
    request.if_range = text_of(header(connection, "If-Range"));
    auto const* const info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    peer_.fill('\0');
    if (info && info->client_addr && info->client_addr->sa_family == AF_INET)
      ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in const*>(info->client_addr)->sin_addr, peer_.data(),
                  INET_ADDRSTRLEN);
    request.peer = peer_.data();
    return request;
  }

  // Nothing goes on for longer than the token holds, and the moment that a refusal takes.
  void grant(MHD_Connection* connection, std::uint64_t milliseconds) {
    auto const now_ms = parts_.clock.mono_ms();
    auto const end_ms = std::max(now_ms, site_.expires_ms()) + parts_.limits.head_ms;
    milliseconds = std::min(milliseconds, end_ms - now_ms);
    for (auto& guest : guests_)
      if (guest.connection == connection) guest.until_ms = now_ms + milliseconds;
  }

  MHD_Result reply(MHD_Connection* connection, CourierAnswer const& answer, Exchange& exchange) {
    bool const from_bundle = !answer.part.empty();
    auto const content = from_bundle ? answer.part : base::ByteView(answer.body);
    // The library takes a pointer to what it will not change. The bundle lives as long as the site.
    auto* const response =
        MHD_create_response_from_buffer(content.size(), const_cast<char*>(content.data()),
                                        from_bundle ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
    if (!response) return MHD_NO;
    for (auto const& [name, value] : answer.headers) MHD_add_response_header(response, name.c_str(), value.c_str());
    // With two connections in all, one that is kept open would keep somebody waiting.
    MHD_add_response_header(response, "Connection", "close");
    exchange.counts = answer.ends_bundle;
    auto const queued = MHD_queue_response(connection, static_cast<unsigned>(answer.status), response);
    MHD_destroy_response(response);
    return queued;
  }

  Parts parts_;
  text::WebPages const pages_;
  CourierSite site_;
  std::string url_;
  MHD_Daemon* daemon_ = nullptr;
  // From here on the page's thread alone.
  std::list<Guest> guests_;
  std::array<char, INET_ADDRSTRLEN> peer_{};
  CourierNews told_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace

base::Result<std::unique_ptr<CourierPage>> CourierPage::open(Parts parts) {
  TRY(auto const folder, base::asset("web"));
  TRY(auto pages, text::WebPages::load(folder));
  auto server = std::make_unique<Server>(std::move(parts), std::move(pages));
  TRY_DO(server->listen());
  return std::unique_ptr<CourierPage>(std::move(server));
}

}  // namespace dga::agent
