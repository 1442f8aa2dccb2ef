#pragma once

#include "shared/crypto/sign.h"
#include "sync/agent/transport.h"
#include "sync/protocol/receipt.h"

namespace dga::agent {

// What a reply to a head query or a batch means. An HTTP status alone acknowledges nothing; it only says why there is
// no receipt.
struct Answer {
  enum class Meaning {
    kReceipt,        // `receipt` verified under the centre's key; whose log it is for is not checked yet
    kTooLarge,       // 413
    kUnknownDevice,  // 404
    kFailure,        // anything else, a portal's page included
  };
  Meaning meaning = Meaning::kFailure;
  v1::Receipt receipt;
  base::Error problem;  // where there is no receipt
};
[[nodiscard]] Answer read_answer(Reply const& reply, crypto::SigningPublic const& centre);

// Why a reply is not what was asked for. Unreachable "sync.portal" (a redirect or somebody's page), "sync.busy",
// "sync.centre_failed", "sync.no_answer"; refused "sync.forbidden", "sync.unknown_device", "sync.centre_too_old",
// "sync.too_large", "sync.refused".
[[nodiscard]] base::Error problem_of(Reply const& reply);

}  // namespace dga::agent
