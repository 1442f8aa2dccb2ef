#include "sync/centre/ingest/receipt_codes.h"

#include <algorithm>
#include <utility>

#include "shared/text/digit_code.h"
#include "sync/protocol/bundle.h"
#include "sync/protocol/receipt.h"

namespace dga::centre {
namespace {

constexpr char kReceiptPrefix = '8';
constexpr int kMostBoxes = 2;
// As many as the endpoint for bundles looks at (protocol.md, "Roads").
constexpr std::uint32_t kMostRefused = protocol::kMostBundleFailures;

// The newer epoch's, then the one that knows more, then the later one: it answers the newer question.
void keep_newest(std::vector<v1::Receipt>& newest, v1::Receipt receipt) {
  auto const known =
      std::find_if(newest.begin(), newest.end(), [&](auto const& each) { return each.log_id() == receipt.log_id(); });
  if (known == newest.end()) {
    if (newest.size() < kMostReceiptCodes) newest.push_back(std::move(receipt));
  } else if (std::pair(receipt.centre_epoch(), receipt.received_through()) >=
             std::pair(known->centre_epoch(), known->received_through())) {
    *known = std::move(receipt);
  }
}

base::Result<std::uint64_t> missing_from(LogTable& logs, v1::Receipt const& receipt) {
  auto const log = base::LogId::from(receipt.log_id());
  TRY(auto const heads, logs.signed_heads(*log));  // those that have not arrived
  TRY(auto const parked, logs.parked(*log));
  auto const through = receipt.received_through();
  bool const more = (!heads.empty() && heads.front().seq > through) || !parked.empty();
  return more ? through + 1 : 0;
}

std::string digits_of(CentreKeys const& keys, v1::Receipt receipt) {
  receipt.clear_quarantined();  // how many there are stays
  if (receipt.ballot_boxes_size() > kMostBoxes)
    receipt.mutable_ballot_boxes()->DeleteSubrange(kMostBoxes, receipt.ballot_boxes_size() - kMostBoxes);
  return text::write_digit_code(kReceiptPrefix, protocol::sign_receipt(receipt, keys.signing));
}

}  // namespace

base::Result<std::vector<ReceiptCode>> receipt_codes(Context const& context, base::ByteView bundle) {
  TRY(auto const content, protocol::read_bundle(bundle));
  std::vector<v1::Receipt> newest;
  std::uint32_t refused = 0;
  for (auto const& frame : content.frames) {
    if (frame.kind != static_cast<std::uint8_t>(protocol::FrameKind::kSignedReceipt)) continue;
    auto receipt = protocol::verify_receipt(frame.payload, context.keys.signing.public_key());
    if (receipt.ok())
      keep_newest(newest, std::move(receipt).value());
    else if (++refused == kMostRefused)
      break;  // anyone may ask, and each costs a verification
  }
  std::vector<ReceiptCode> codes;
  TRY_DO(context.store.read([&](Tables& tables) -> base::Done {
    codes.clear();
    for (auto const& receipt : newest) {
      auto const id = base::DeviceId::from(receipt.device_id());
      TRY(auto const device, tables.devices.device(*id));
      TRY(auto const missing, missing_from(tables.logs, receipt));
      codes.push_back({receipt, device ? device->name : std::string(), missing, digits_of(context.keys, receipt)});
    }
    return {};
  }));
  return codes;
}

}  // namespace dga::centre
