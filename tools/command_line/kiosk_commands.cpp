#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "shared/base/version.h"
#include "shared/store/kiosk_folder.h"
#include "sync/agent/budget.h"
#include "sync/agent/forecast.h"
#include "sync/agent/session.h"
#include "sync/agent/store_outbox.h"
#include "sync/agent/transports/address.h"
#include "sync/agent/transports/https.h"
#include "sync/protocol/certificate.h"
#include "tools/command_line/centre_client.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/enrol.h"
#include "tools/command_line/kiosk_key.h"
#include "tools/command_line/terminal.h"
#include "tools/command_line/times.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string data, centre, ticket_file, name, address, code, digits, device, keys;
  std::uint64_t class_id = 0;
  bool json = false, once = false, forecast = false, no_limit = false;
  std::optional<std::uint64_t> most_bytes;
  KeyFiles key;
};

base::Result<store::OpenKiosk> open(Options const& options) {
  TRY(auto const secret, secret_of(options.key));
  return store::open_kiosk(options.data, secret);
}

// What sync and status both tell; status has sent nothing.
base::Result<ordered_json> told(store::KioskStore& store, agent::Tally const& tally) {
  TRY(auto const totals, store.totals());
  return ordered_json{
      {"sent", tally.sent},          {"acknowledged", tally.acknowledged},  {"waiting", totals.waiting},
      {"recorded", totals.recorded}, {"received_through", totals.received}, {"quarantined", totals.quarantined},
      {"logs", store.logs().size()}};
}

void show(ordered_json const& answer, bool json) {
  if (json)
    print_json(answer);
  else
    print(fmt::format(
        "sent {}, acknowledged {}, waiting {}; of {} recorded the centre has the first {}, {} of them to be reviewed\n",
        answer.value("sent", 0), answer.value("acknowledged", 0), answer.value("waiting", 0),
        answer.value("recorded", 0), answer.value("received_through", 0), answer.value("quarantined", 0)));
}

ordered_json budget_json(agent::Budget const& budget) {
  return {{"most_bytes", budget.most_bytes}, {"used_bytes", budget.used_bytes}};
}

void tell_budget(agent::Budget const& budget) {
  print(fmt::format("today {} of {} kB are used\n", budget.used_bytes / 1000, budget.most_bytes / 1000));
}

base::Done show_forecast(store::OpenKiosk& kiosk, agent::StoreOutbox& outbox, agent::Pinned const& pinned,
                         Options const& options, Context& context) {
  TRY(auto const expected, agent::forecast(outbox, pinned, kiosk.signing, context.random));
  TRY(auto const budget, agent::read_budget(kiosk.store, context.clock));
  ordered_json answer{{"records", expected.records}, {"bytes", expected.bytes}, {"pack_bytes", expected.pack_bytes}};
  if (budget) answer["budget"] = budget_json(*budget);
  if (options.json) return print_json(answer), base::Done{};
  auto const kilobytes = [](std::uint64_t bytes) { return (bytes + 999) / 1000; };
  print(fmt::format("{} records, about {} kB; a newer class pack, if there is one, about {} kB more\n",
                    expected.records, kilobytes(expected.bytes), kilobytes(expected.pack_bytes)));
  if (budget) tell_budget(*budget);
  return {};
}

base::Done limit(Options const& options, Context& context) {
  if (options.most_bytes == 0)
    return base::usage("kiosk.limit", "a limit of 0 bytes would keep everything here", "For no limit say --none");
  if (options.most_bytes && *options.most_bytes < agent::kLeastDailyBytes)
    return base::usage("kiosk.limit",
                       fmt::format("with {} bytes a day nothing would ever go: it needs at least {}",
                                   *options.most_bytes, agent::kLeastDailyBytes),
                       "Give more, or --none for no limit");
  TRY(auto kiosk, open(options));
  if (options.most_bytes || options.no_limit) TRY_DO(agent::set_budget(kiosk.store, context.clock, options.most_bytes));
  TRY(auto const budget, agent::read_budget(kiosk.store, context.clock));
  if (options.json) {
    ordered_json answer{{"budget", nullptr}};
    if (budget) answer["budget"] = budget_json(*budget);
    return print_json(answer), base::Done{};
  }
  if (!budget) return print("there is no limit on data\n"), base::Done{};
  print(fmt::format("the limit is {} bytes a day, both ways together\n", budget->most_bytes));
  tell_budget(*budget);
  return {};
}

base::Done sync(Options const& options, Context& context) {
  TRY(auto kiosk, open(options));
  TRY(auto pinned, agent::read_pinned(kiosk.store));
  if (!options.centre.empty()) pinned.address = options.centre;
  TRY(auto transport, agent::https_transport(pinned.address));
  agent::StoreOutbox outbox(kiosk.store, context.clock);
  if (options.forecast) return show_forecast(kiosk, outbox, pinned, options, context);
  auto const began_ms = context.clock.mono_ms();
  auto const outcome = agent::sync_once(
      {outbox, *transport, context.clock, context.random, pinned, kiosk.signing, kiosk.box, options.most_bytes});
  auto const took_ms = std::max<std::uint64_t>(context.clock.mono_ms() - began_ms, 1);
  TRY(auto answer, told(kiosk.store, outcome.tally));
  answer["bytes_up"] = outcome.tally.bytes_up;
  answer["bytes_down"] = outcome.tally.bytes_down;
  answer["took_ms"] = took_ms;
  answer["records_per_second"] = outcome.tally.acknowledged * 1000 / took_ms;
  show(answer, options.json);
  // What was acknowledged is good news even when the rest must wait for the next time.
  if (!outcome.problem) return {};
  if (outcome.problem->code == "sync.revoked") return *outcome.problem;  // no later time helps
  if (answer.value("waiting", std::uint64_t{0}) > 0 && outcome.tally.acknowledged == 0) return *outcome.problem;
  fail(*outcome.problem);  // told, and no failure
  return {};
}

base::Done status(Options const& options, Context&) {
  TRY(auto kiosk, open(options));
  TRY(auto answer, told(kiosk.store, {}));
  answer["device"] = kiosk.store.identity().device.hex();
  answer["keys"] = protocol::keys_mark(kiosk.signing.public_key().view(), kiosk.box.public_key().view());
  show(answer, options.json);
  if (!options.json)
    print(fmt::format("this kiosk's id is {}, its keys' mark {}\n", answer.value("device", ""),
                      answer.value("keys", "")));
  return {};
}

base::Done code(Options const& options, Context& context) {
  TRY_DO(agent::read_address(options.address));  // before a ticket is printed that no kiosk would take
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto answer,
      client.post_json("/api/v1/enrolment-codes",
                       {{"name", options.name}, {"class", options.class_id}, {"address", options.address}}));
  if (options.json) return print_json(answer), base::Done{};
  print(
      fmt::format("Ticket, good once and for ten minutes:\n{}\n"
                  "Next, at the kiosk, with the ticket in a file: dga kiosk enrol --ticket-file FILE ...\n"
                  "Then here, with the six digits that it shows: dga kiosk confirm --code {} --digits ...\n",
                  answer.value("ticket", ""), answer.value("code_id", "")));
  return {};
}

base::Done enrol(Options const& options, Context& context) {
  TRY(auto ticket, secret_from(options.ticket_file));
  EnrolmentOrder order{options.data, "", ticket, options.name, {}};
  if (options.key.credential_file.empty()) {
    TRY(order.passphrase, secret_from(options.key.passphrase_file));
  } else {
    TRY(order.existing, secret_of(options.key));
  }
  TRY(auto digits, enrol_kiosk(order, context));
  if (options.json) return print_json({{"digits", fmt::format("{:06}", digits)}}), base::Done{};
  print(
      fmt::format("Tell the coordinator these six digits: {:06}\n"
                  "The kiosk is in service when they are confirmed at the centre (dga kiosk confirm).\n",
                  digits));
  return {};
}

base::Done confirm(Options const& options, Context& context) {
  bool const by_digits = !options.code.empty() && !options.digits.empty();
  bool const by_keys = !options.device.empty() && options.class_id != 0 && !options.keys.empty();
  bool const both = !options.code.empty() && !options.device.empty();
  if (by_digits == by_keys || both)
    return base::usage("kiosk.confirm", "a kiosk is confirmed by its digits, or after a restore by its keys",
                       "Give --code and --digits, or --device, --class and --keys");
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  auto const path = by_digits ? fmt::format("/api/v1/enrolments/{}/confirm", options.code)
                              : fmt::format("/api/v1/devices/{}/confirm", options.device);
  ordered_json const body = by_digits ? ordered_json{{"digits", options.digits}}
                                      : ordered_json{{"class", options.class_id}, {"keys", options.keys}};
  TRY(auto answer, client.post_json(path, body));
  if (options.json) return print_json(answer), base::Done{};
  print(fmt::format("Kiosk {} is in service for class {}. Its first sync brings it the class.\n",
                    answer.value("name", ""), answer.value("class", std::uint64_t{0})));
  return {};
}

std::string classes_of(ordered_json const& row) {
  std::string text;
  for (auto const& number : row.value("classes", ordered_json::array()))
    text += fmt::format("{}{}", text.empty() ? "class " : ", ", number.get<std::uint64_t>());
  return text.empty() ? "no class" : text;
}

std::string state_of(ordered_json const& row) {
  auto const state = row.value("state", "");
  if (state == "active") return "in service";
  if (state == "revoked") return "revoked";
  if (state == "rejected") return "never confirmed";
  if (state == "unconfirmed") return "waits to be confirmed by --device, since a restore";
  return "waits to be confirmed";
}

base::Done list(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto answer, client.get_json("/api/v1/devices"));
  if (options.json) return print_json(answer), base::Done{};
  for (auto const& row : answer.value("devices", ordered_json::array()))
    print(fmt::format("{}  {:<12} {:<21}  {:<10} last heard {}\n", row.value("device", ""), row.value("name", ""),
                      state_of(row), classes_of(row), heard(row.value("last_heard_ms", std::int64_t{0}))));
  tell_unsigned(answer);
  return {};
}

base::Done assign(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto answer,
      client.post_json(fmt::format("/api/v1/devices/{}/classes", options.device), {{"class", options.class_id}}));
  if (options.json) return print_json(answer), base::Done{};
  print(fmt::format("The kiosk serves class {}: its next sync brings it, and what it sent before is judged anew.\n",
                    answer.value("class", std::uint64_t{0})));
  return {};
}

base::Done pending(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto answer, client.get_json("/api/v1/enrolments"));
  if (options.json) return print_json(answer), base::Done{};
  for (auto const& row : answer.value("pending", ordered_json::array()))
    print(fmt::format("{}  {}\n", row.value("code_id", ""), row.value("name", "")));
  return {};
}

base::Done revoke(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto answer, client.post_json(fmt::format("/api/v1/devices/{}/revoke", options.device), ordered_json::object()));
  if (options.json) return print_json(answer), base::Done{};
  print("The kiosk is revoked. What it sends from now on is kept in quarantine.\n");
  if (auto const next = answer.value("next", ""); !next.empty()) print(next + ".\n");
  tell_unsigned(answer);
  return {};
}

}  // namespace

void add_kiosk_commands(CLI::App& dga, Context& context) {
  auto options = std::make_shared<Options>();
  auto* group = dga.add_subcommand("kiosk", "Put kiosks into service, and bring in what they recorded");
  group->require_subcommand(1);
  auto command = [&](char const* name, char const* what, char const* data,
                     base::Done (*work)(Options const&, Context&)) {
    auto* made = group->add_subcommand(name, what);
    made->add_option("--data", options->data, data)->required();
    made->add_flag("--json", options->json, "As JSON");
    made->callback([options, work, &context] { context.exit_code = run([&] { return work(*options, context); }); });
    return made;
  };
  CLI::Validator const whole_bytes(
      [](std::string& text) {
        bool const whole = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
        return whole ? std::string() : fmt::format("write whole bytes, as 2000000, and not {}", text);
      },
      "BYTES");
  CLI::Validator const device_id(
      [](std::string& text) {
        bool const fits = text.size() == 2 * base::DeviceId::kSize && base::from_hex(text);
        return fits ? std::string() : std::string("a device id has 32 hexadecimal digits: see dga kiosk list");
      },
      "ID");
  auto with_key = [&](CLI::App* made) {
    add_key_options(*made, options->key);
    return made;
  };
  constexpr char const* kCentre = "The centre's folder";
  constexpr char const* kKiosk = "The kiosk's folder";

  auto* made = command("code", "At the centre: a single-use ticket for one kiosk", kCentre, code);
  made->add_option("--class", options->class_id, "The class it will serve")->required();
  made->add_option("--name", options->name, "What people will call it: 1, 2, Door A")->required();
  made->add_option("--address", options->address,
                   "Where the kiosk will find the centre (https://..., http:// on loopback)")
      ->required();

  made = with_key(
      command("enrol", "At the kiosk: make its folder and keys, and introduce it to the centre", kKiosk, enrol));
  made->add_option("--ticket-file", options->ticket_file,
                   "The ticket's digits, on the first line; - for standard input")
      ->required();
  made->add_option("--name", options->name, "As on the ticket")->required();

  made = command("confirm", "At the centre: type the six digits that the kiosk shows; after a restore, its keys' mark",
                 kCentre, confirm);
  made->add_option("--code", options->code, "The ticket's code id");
  made->add_option("--digits", options->digits, "The six digits");
  made->add_option(
          "--device", options->device,
          "After a restore: the id of a kiosk that was enrolled since the backup, as `dga kiosk list` shows it")
      ->check(device_id);
  made->add_option("--keys", options->keys,
                   "With --device: the mark of its keys, as `dga kiosk status` shows it there");
  made->add_option("--class", options->class_id, "With --device: the class it serves");

  command("pending", "At the centre: enrolments that wait for their six digits", kCentre, pending);
  command("list", "At the centre: every kiosk", kCentre, list);
  made = command("assign", "At the centre: give a kiosk a class to serve, beside those it has", kCentre, assign);
  made->add_option("--device", options->device, "Its device id, as `dga kiosk list` shows it")
      ->required()
      ->check(device_id);
  made->add_option("--class", options->class_id, "The class")->required();
  made = command("revoke", "At the centre: take a kiosk out of service for good", kCentre, revoke);
  made->add_option("--device", options->device, "Its device id, as `dga kiosk list` shows it")
      ->required()
      ->check(device_id);

  made = with_key(
      command("sync", "At the kiosk: send what waits; exit 4 when something waits and the centre could not be reached",
              kKiosk, sync));
  made->add_option("--centre", options->centre, "The centre's address, instead of the one it was enrolled with");
  made->add_flag("--once", options->once, "Send what can be sent now, and end (the only way there is)");

  made->add_option("--most-bytes", options->most_bytes, "Spend no more than this, both ways together")
      ->check(whole_bytes);
  made->add_flag("--forecast", options->forecast, "Send nothing; tell how much there is to send");

  made = with_key(
      command("limit", "At the kiosk: how many bytes a day its syncs may spend (a metered hotspot)", kKiosk, limit));
  auto* most = made->add_option("--most-bytes", options->most_bytes, "A day, both ways together; left out: tells it");
  most->check(whole_bytes);
  made->add_flag("--none", options->no_limit, "No limit any more")->excludes(most);

  with_key(command("status", "At the kiosk: the same figures without sending", kKiosk, status));
  add_kiosk_key_commands(*group, context);
  add_kiosk_phone_command(*group, context);
}

}  // namespace dga::command_line
