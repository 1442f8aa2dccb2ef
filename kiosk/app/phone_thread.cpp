#include "kiosk/app/phone_thread.h"

#include <future>
#include <utility>

#include "kiosk/app/agent_keys.h"
#include "kiosk/app/store_outbox_proxy.h"
#include "shared/base/log.h"
#include "sync/agent/transports/courier_parcel.h"
#include "sync/agent/transports/lan_addresses.h"

namespace dga::app {
namespace {

using Phase = flow::PhoneView::Phase;

// Openings, closings and scanned receipts that may wait: far more than a hand makes.
constexpr std::size_t kMostAskedOfPhone = 64;

}  // namespace

PhoneThread::PhoneThread(Plan plan, StoreThread& store, base::Clock const& clock)
    : plan_(std::move(plan)),
      store_(&store),
      clock_(&clock),
      random_(base::system_random()),
      asked_(kMostAskedOfPhone),
      thread_([this] { run(); }) {}

PhoneThread::~PhoneThread() {
  asked_.close();
  thread_.join();
}

void PhoneThread::ask(Asked one) {
  if (!asked_.try_send(one)) base::log(base::LogLevel::kWarning, "phone.not_asked");
}

void PhoneThread::run() {
  for (auto asked = asked_.receive(1); !asked.empty(); asked = asked_.receive(1))
    std::visit([this](auto const& one) { on(one); }, asked.front());
  page_.reset();
}

void PhoneThread::on(Open const&) {
  page_.reset();
  auto const opened = open_page();
  if (opened) return;
  base::log(base::LogLevel::kWarning, "phone.not_opened",
            {{"code", opened.error().code}, {"what", base::describe(opened.error())}});
  flow::PhoneView view;
  view.phase = Phase::kFailed;
  view.problem_code = opened.error().code;
  plan_.tell(flow::event::PhoneChanged{std::move(view)});
}

void PhoneThread::on(Close const&) { page_.reset(); }

void PhoneThread::on(Settle const& settle) { tell_receipt(settle_receipts(settle.receipt)); }

base::Done PhoneThread::open_page() {
  auto address = plan_.address;
  if (address.empty()) {
    auto const own = agent::lan_addresses();
    if (own.empty())
      return base::unreachable("phone.no_network", "looked for a network that this kiosk is on and found none",
                               "Connect the kiosk and the phone to one network");
    address = own.front();
  }
  TRY(auto keys, agent_keys(*store_));
  if (!plan_.centre.empty()) keys.pinned.address = plan_.centre;
  StoreOutboxProxy outbox(*store_, *clock_);
  TRY(auto parcel, agent::make_parcel(outbox, keys.pinned, keys.signing, *random_));

  flow::PhoneView view;
  view.phase = Phase::kOpen;
  view.records = parcel.records;
  view.bundle_bytes = parcel.bytes.size();
  view.left_over = parcel.left;
  // Filled in before the page may tell anything: its news waits for its own thread's first look.
  auto const shown = std::make_shared<flow::PhoneView>();
  auto ready = std::make_shared<std::promise<void>>();
  auto told = [this, shown, opened = ready->get_future().share()](agent::CourierNews const& news) {
    opened.wait();
    shown->claimed = news.claimed;
    shown->fetched = news.fetched;
    plan_.tell(flow::event::PhoneChanged{*shown});
  };
  auto settle = [this](base::ByteView receipts) {
    auto settled = settle_receipts(receipts);
    tell_receipt(settled);
    return settled;
  };
  TRY(page_, agent::CourierPage::open({agent::courier_offer(std::move(parcel), keys.pinned), std::move(settle),
                                       std::move(told), std::move(address), *clock_, *random_}));
  view.address = page_->url();
  view.expires_ms = page_->expires_ms();
  auto code = text::QrCode::of(view.address);
  if (code) view.code = std::make_shared<text::QrCode const>(std::move(code).value());
  *shown = view;
  plan_.tell(flow::event::PhoneChanged{std::move(view)});
  ready->set_value();
  return {};
}

base::Result<agent::CourierSettled> PhoneThread::settle_receipts(base::ByteView receipts) {
  TRY(auto const keys, agent_keys(*store_));
  StoreOutboxProxy outbox(*store_, *clock_);
  return agent::courier_settled(agent::settle_parcel(outbox, keys.pinned, keys.box, receipts));
}

void PhoneThread::tell_receipt(base::Result<agent::CourierSettled> const& settled) {
  flow::HandedReceipt handed;
  if (settled) {
    handed = {settled->received_through, settled->acknowledged, settled->waiting, {}};
  } else {
    handed.problem_code = settled.error().code;
    base::log(base::LogLevel::kWarning, "receipt.not_taken",
              {{"code", settled.error().code}, {"what", base::describe(settled.error())}});
  }
  plan_.tell(flow::event::ReceiptHanded{std::move(handed)});
}

}  // namespace dga::app
