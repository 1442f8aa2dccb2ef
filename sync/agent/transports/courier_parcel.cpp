#include "sync/agent/transports/courier_parcel.h"

#include <fmt/format.h>

namespace dga::agent {
namespace {

// A phone's file manager takes these everywhere.
std::string plain(std::string_view name) {
  std::string kept;
  for (char const letter : name) {
    bool const fine =
        (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    if (fine && kept.size() < 24) kept += letter;
  }
  return kept;
}

}  // namespace

CourierOffer courier_offer(Parcel parcel, Pinned const& pinned) {
  CourierOffer offer;
  // The log's beginning tells kiosks of one name apart, the last record tells parcels of one kiosk apart.
  offer.file_name =
      fmt::format("kiosk-{}-{}-{}.dgab", plain(pinned.name), parcel.log.hex().substr(0, 8), parcel.through);
  offer.kiosk_name = pinned.name;
  offer.centre_address = pinned.address;
  offer.records = parcel.records;
  offer.bundle = std::move(parcel.bytes);
  return offer;
}

base::Result<CourierSettled> courier_settled(base::Result<ParcelReceipts> const& receipts) {
  if (!receipts) return receipts.error();
  if (receipts->receipts == 0 && receipts->pack_version == 0) {
    if (receipts->problem) return *receipts->problem;
    return base::refused("parcel.not_ours", "read what a courier brought and found nothing for this kiosk",
                         "Choose the file that the centre's page gave for this kiosk");
  }
  return CourierSettled{receipts->acknowledged, receipts->received_through, receipts->waiting};
}

}  // namespace dga::agent
