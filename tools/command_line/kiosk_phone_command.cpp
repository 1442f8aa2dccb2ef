#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <variant>

#include "shared/base/mailbox.h"
#include "shared/store/kiosk_folder.h"
#include "shared/text/qr_code.h"
#include "sync/agent/store_outbox.h"
#include "sync/agent/transports/courier_page.h"
#include "sync/agent/transports/courier_parcel.h"
#include "sync/agent/transports/lan_addresses.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/kiosk_key.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string data, address;
  bool json = false;
  KeyFiles key;
};

base::Result<std::string> address_of(Options const& options) {
  if (!options.address.empty()) return options.address;
  auto const own = agent::lan_addresses();
  if (own.empty())
    return base::unreachable("phone.no_network", "looked for a network that this machine is on and found none",
                             "Connect it and the phone to one network, or name an address with --address");
  return own.front();
}

void show(ordered_json const& line, std::string const& words, bool json) {
  if (json)
    print_json(line);
  else
    print(words);
  std::fflush(stdout);  // whoever waits for the address reads a pipe
}

void show_news(agent::CourierNews const& news, bool json) {
  ordered_json line{{"claimed", news.claimed}, {"fetched", news.fetched}};
  auto words = fmt::format("fetched {} times\n", news.fetched);
  if (news.settled) {
    line["received_through"] = news.settled->received_through;
    line["acknowledged"] = news.settled->acknowledged;
    line["waiting"] = news.settled->waiting;
    words = fmt::format("the centre has received everything up to record {}; waiting: {}\n",
                        news.settled->received_through, news.settled->waiting);
  }
  show(line, words, json);
}

// Until receipts have come back or the token has expired.
base::Done serve(Options const& options, Context& context) {
  TRY(auto const address, address_of(options));
  TRY(auto const secret, secret_of(options.key));
  TRY(auto kiosk, store::open_kiosk(options.data, secret));
  TRY(auto const pinned, agent::read_pinned(kiosk.store));
  agent::StoreOutbox outbox(kiosk.store, context.clock);
  TRY(auto parcel, agent::make_parcel(outbox, pinned, kiosk.signing, context.random));
  auto const records = parcel.records;

  base::Mailbox<agent::CourierNews> news(64);
  // From here on the page's thread alone works with the store.
  auto settle = [&](base::ByteView receipts) {
    return agent::courier_settled(agent::settle_parcel(outbox, pinned, kiosk.box, receipts));
  };
  auto tell = [&](agent::CourierNews one) { static_cast<void>(news.try_send(one)); };
  TRY(auto const page, agent::CourierPage::open({agent::courier_offer(std::move(parcel), pinned), settle, tell, address,
                                                 context.clock, context.random}));
  TRY(auto const code, text::QrCode::of(page->url()));
  show({{"url", page->url()}, {"records", records}},
       fmt::format("{}\n{}\n{} records. Open it with a phone on the same network; it closes after ten minutes.\n",
                   text::qr_blocks(code), page->url(), records),
       options.json);
  for (auto now_ms = context.clock.mono_ms(); now_ms < page->expires_ms(); now_ms = context.clock.mono_ms()) {
    for (auto const& one : news.receive_for(1, std::chrono::milliseconds(page->expires_ms() - now_ms))) {
      show_news(one, options.json);
      if (one.settled) return {};
    }
  }
  return {};
}

}  // namespace

void add_kiosk_phone_command(CLI::App& kiosk, Context& context) {
  auto const options = std::make_shared<Options>();
  auto* const phone = kiosk.add_subcommand(
      "phone", "Serve what waits on a kiosk to a phone on the same network, and take the receipts back");
  phone->add_option("--data", options->data, "The kiosk's folder; its program must not be running")->required();
  phone->add_option("--address", options->address, "This machine's address to serve at, where it has several");
  add_key_options(*phone, options->key);
  phone->add_flag("--json", options->json, "Print JSON, one object a line");
  phone->callback([options, &context] { context.exit_code = run([&] { return serve(*options, context); }); });
}

}  // namespace dga::command_line
