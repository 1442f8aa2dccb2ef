#pragma once

#include <span>

#include "sync/centre/context.h"

namespace dga::centre {

// A SignedHeadQuery in, a SignedReceipt out that describes the longest prefix which the query's points match.
// Errors: protocol::verify_head_query's; usage "log.other", "head.malformed"; refused "device.pending",
// "device.rejected". Thread: any.
[[nodiscard]] base::Result<base::Bytes> answer_head(Context const& context, base::LogId const& addressed,
                                                    base::ByteView signed_query);

// Remembers how far a device says its log goes. Sending it again changes nothing; what has arrived is not kept.
// `branches`: all of the log's, as they are now.
[[nodiscard]] base::Done note_signed_head(LogTable& logs, base::LogId const& log, std::span<Branch const> branches,
                                          SignedHead const& head);

}  // namespace dga::centre
