#pragma once

#include <vector>

#include "sync/centre/router.h"

namespace dga::centre {

// What kiosks ask: enrolment, heads, batches, packs, their certificate.
[[nodiscard]] std::vector<Route> device_routes();
// Couriers' files, from whoever carries them; and what a coordinator asks about one.
[[nodiscard]] std::vector<Route> bundle_routes();
// What coordinators ask, class by class.
[[nodiscard]] std::vector<Route> class_routes();
// The forms of a class, all versions.
[[nodiscard]] std::vector<Route> form_routes();
// What coordinators ask about kiosks and about the whole.
[[nodiscard]] std::vector<Route> kiosk_routes();
// What whoever carries a bundle asks: the courier's page, and codes of the receipts.
[[nodiscard]] std::vector<Route> courier_routes();
// All that was recorded, as it was recorded.
[[nodiscard]] std::vector<Route> export_routes();
// What coordinators ask about records that were received and are not accepted.
[[nodiscard]] std::vector<Route> quarantine_routes();
// What coordinators ask about backups, epochs, and what counts as durable.
[[nodiscard]] std::vector<Route> backup_routes();
// What a watcher asks.
[[nodiscard]] std::vector<Route> health_routes();

}  // namespace dga::centre
