#include "tests/fuzz/parties.h"

namespace dga::fuzz {

crypto::Key32 known_key(char letter) { return *crypto::Key32::from(std::string(32, letter)); }

Parties::Parties()
    : master(known_key('m')),
      device(master.signing()),
      device_box(master.box()),
      centre(crypto::SigningKey::from_seed(known_key('c'))),
      centre_box(crypto::BoxKey::from_seed(known_key('b'))),
      root(crypto::SigningKey::from_seed(known_key('r'))),
      salt(*base::LogSalt::from("the salt of one.")),
      device_id(crypto::device_id(device.public_key())),
      log(crypto::log_id(device_id, salt)) {}

Parties const& parties() {
  static Parties const made;
  return made;
}

}  // namespace dga::fuzz
