#pragma once

namespace dga::base {

// Faults built in on purpose, each into a program of its own, so that it is seen that the simulator finds them
// (tools/sim --control). A program that is shipped has none and no way to get one: the choice is the compiler's.
enum class PlantedBug {
  kNone,
  kBelievesAnyHash,      // a kiosk takes a receipt for another branch as one for its own
  kForgetsToSync,        // a commit is called durable before the disk has it
  kStoresTwice,          // what comes again is stored a second time under another key
  kForkMisnamed,         // a fork is said to begin one record late
  kLeavesParked,         // what is parked is not looked at again when its beginning has come
  kHeadTooHigh,          // a kiosk is thought to have recorded one more than it says
  kQuarantineUncounted,  // the reconciliation statement leaves out what is quarantined
  kFallsBack,            // a batch that comes again is answered as if nothing had been received
  kSendsOutOfReach,      // a batch is sent for ever although the centre lacks what goes before it
  kExportAsArrived,      // the export is in the order in which branches arrived
  kVoidMustFollow,       // a void that arrives before what it cancels is forgotten
  kForgetsTheRevoked,    // a restore leaves out every list of who is revoked
  kRemembersBackups,     // a restored centre goes on calling durable what stood in earlier backups
  kDurableAtOnce,        // a kiosk takes what was received for durable
  kEpochIsAFork,         // a kiosk that has heard of one epoch takes the next for a fork
  kClosedLogGrows,       // what is recorded after a fork goes to the log that was closed
  kChildStaysHome,       // only the first of a kiosk's logs is sent
  kAssignedTooLate,      // what a device sent before it was assigned stays in quarantine
  kOldNews,              // what a courier brings counts only where it says more than is known
  kSampleMisread,        // a time sample is taken for a minute later than it was
  kMergedByStamp,        // check-ins on several kiosks are merged by what their clocks said
};

#ifdef DGA_PLANTED_BUG
constexpr PlantedBug kPlantedBug = PlantedBug::DGA_PLANTED_BUG;
#else
constexpr PlantedBug kPlantedBug = PlantedBug::kNone;
#endif

}  // namespace dga::base
