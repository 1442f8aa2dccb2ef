#include "shared/base/error.h"

#include <utility>

namespace dga::base {

int exit_code(Fault fault) {
  switch (fault) {
    case Fault::kRefused: return 1;
    case Fault::kUsage: return 2;
    case Fault::kDamaged: return 3;
    case Fault::kUnreachable: return 4;
    case Fault::kStorage: return 1;
  }
  return 1;
}

Error at(std::string_view what, Error error) {
  error.what = std::string(what) + ": " + error.what;
  return error;
}

std::string describe(Error const& error) { return error.next.empty() ? error.what : error.what + ". " + error.next; }

namespace {
Error make(Fault fault, std::string_view code, std::string what, std::string next) {
  return Error{fault, std::string(code), std::move(what), std::move(next)};
}
}  // namespace

Error refused(std::string_view code, std::string what, std::string next) {
  return make(Fault::kRefused, code, std::move(what), std::move(next));
}
Error usage(std::string_view code, std::string what, std::string next) {
  return make(Fault::kUsage, code, std::move(what), std::move(next));
}
Error damaged(std::string_view code, std::string what, std::string next) {
  return make(Fault::kDamaged, code, std::move(what), std::move(next));
}
Error unreachable(std::string_view code, std::string what, std::string next) {
  return make(Fault::kUnreachable, code, std::move(what), std::move(next));
}
Error storage(std::string_view code, std::string what, std::string next) {
  return make(Fault::kStorage, code, std::move(what), std::move(next));
}

}  // namespace dga::base
