#include "kiosk/screens/screens.h"

namespace dga::screens {
namespace {

// In the catalogue's order. The tests compare this list with what the screens ask for and with the catalogues.
constexpr std::string_view kWords[] = {
    "language.other", "look.large_text", "look.theme", "look.theme.light", "look.theme.dark", "look.theme.high_contrast",
    "look.on", "look.off", "action.back", "action.next_page", "action.previous_page", "banner.rehearsal",
    "banner.rehearsal_simulated", "banner.simulated", "banner.rehearsal_short", "banner.rehearsal_shortest",
    "banner.simulated_short", "session.morning", "session.afternoon", "session.day", "session.hours", "session.next",
    "session.opens_at", "session.opens_on", "session.opens_brief", "kiosk.name", "home.scan", "home.welcome",
    "home.not_open", "home.closed", "home.closed_text", "home.find", "home.find_hint", "home.staff", "home.present",
    "sync.offline", "sync.offline_short", "sync.sending", "sync.up_to_date", "sync.up_to_date_at", "sync.waiting",
    "sync.refused", "language.short", "look.text_sign", "syncpage.code", "find.title", "find.hint", "find.none",
    "find.none_text", "find.start_text", "find.submit", "find.page", "find.tail", "key.telex", "key.plain", "key.space",
    "key.shift", "key.erase", "you.title", "you.yes", "you.no", "you.group", "you.notice", "waiting.title",
    "waiting.text", "result.checked_in", "result.late", "result.already", "result.unknown", "result.unknown_text",
    "result.not_open", "result.closed", "result.closed_text", "result.bad_badge", "result.bad_badge_text",
    "result.not_a_badge", "result.not_a_badge_text", "result.not_in_roster", "standing.attended", "standing.on_course",
    "standing.at_risk", "standing.cannot", "standing.qualified", "unlock.title", "unlock.text", "unlock.checking",
    "unlock.submit", "out.title", "out.code", "out.call", "out.call_nobody", "out.not_enrolled", "out.no_pack",
    "out.store_damaged", "out.store_held", "out.disk_full", "out.store_failed", "pin.title", "pin.text", "pin.checking",
    "pin.wrong", "pin.tries", "pin.locked_minutes", "pin.locked_seconds", "pin.confirm", "still.title", "still.text",
    "still.here", "staff.trainer", "staff.coordinator", "staff.present", "staff.sync", "staff.device", "staff.sign_out",
    "present.none", "present.no_session", "present.count", "present.arrivals", "present.late", "syncpage.recorded",
    "syncpage.received", "syncpage.waiting", "syncpage.quarantined", "syncpage.now", "syncpage.last", "syncpage.problem",
    "syncpage.never", "syncpage.next", "syncpage.round_trip", "syncpage.all_arrived", "syncpage.safe", "devicepage.kiosk",
    "devicepage.clock", "devicepage.roster", "devicepage.roster_value", "devicepage.made", "look.choice", "look.language",
    "look.language.this", "devicepage.screen", "devicepage.screen_value", "devicepage.no_class", "devicepage.log",
    "devicepage.log_value", "error.store.held", "error.store.wrong_key", "error.store.not_ours", "error.store.too_new",
    "error.store.not_found", "error.store.exists", "error.store.full", "error.store.damaged", "error.store.failed",
    "error.store.chain", "error.store.no_record", "error.slots.damaged", "error.slots.no_passphrase_slot",
    "error.slots.wrong_passphrase", "error.kiosk.not_found", "error.kiosk.exists", "error.kiosk.not_enrolled",
    "error.kiosk.no_pack", "error.net.no_dns", "error.net.refused", "error.net.timeout", "error.net.certificate",
    "error.net.stopped", "error.net.failed", "error.net.address", "error.net.too_large", "error.sync.portal",
    "error.receipt.malformed", "error.receipt.bad_signature", "error.receipt.version", "error.pack.malformed",
    "error.pack.bad_signature", "error.pack.other_device", "error.pack.other_answer", "error.pack.version",
    "error.pack.damaged", "error.pack.older", "error.sync.busy", "error.sync.centre_failed", "error.sync.no_answer",
    "error.sync.forbidden", "error.sync.unknown_device", "error.sync.too_large", "error.sync.refused",
    "error.sync.other_log", "error.sync.old_epoch", "error.sync.other_branch", "error.other",
};

}  // namespace

std::span<std::string_view const> words() { return kWords; }

}  // namespace dga::screens
