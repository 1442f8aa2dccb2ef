#include "sync/agent/transports/address.h"

#include <doctest/doctest.h>

#include "sync/agent/transports/https.h"

using dga::agent::read_address;

TEST_CASE("an encrypted address may lead anywhere") {
  for (auto const* address :
       {"https://centre.example.org", "https://10.0.0.7:8443", "HTTPS://Centre.Example.org/dga"}) {
    CAPTURE(address);
    REQUIRE(read_address(address).ok());
    CHECK(read_address(address)->encrypted);
  }
  CHECK(read_address("https://Centre.Example.org:8443/x")->host == "centre.example.org");
}

TEST_CASE("an unencrypted address leads to this machine only") {
  for (auto const* address :
       {"http://127.0.0.1:8080", "http://127.9.8.7", "http://localhost:1", "http://[::1]:8080", "http://LOCALHOST"}) {
    CAPTURE(address);
    CHECK(read_address(address).ok());
  }
  for (auto const* address :
       {"http://10.0.0.7", "http://centre.example.org", "http://127.0.0.1.example.org", "http://127.1", "http://[::2]",
        "http://localhost.example.org", "http://128.0.0.1", "http://0.0.0.0"}) {
    CAPTURE(address);
    REQUIRE_FALSE(read_address(address).ok());
    CHECK(read_address(address).error().code == "net.address");
    CHECK(read_address(address).error().fault == dga::base::Fault::kUsage);
  }
}

TEST_CASE("what is no address or hides another one in it is refused") {
  for (auto const* address :
       {"", "centre.example.org", "ftp://127.0.0.1", "https://", "https:///path", "http://127.0.0.1@example.org",
        "http://user:secret@127.0.0.1", "http://127.0.0.1:99999", "http://127.0.0.1:", "http://127.0.0.1:80x",
        "https://a b", "http://127.0.0.1\\@example.org", "https://[::1", "https://::1", "https://[2001:db8::1]:443",
        "http://127.0.0.1?x", "http://127.0.0.1#x", "https://ex\xC3\xA4mple.org"}) {
    CAPTURE(address);
    CHECK_FALSE(read_address(address).ok());
    CHECK_FALSE(dga::agent::https_transport(address).ok());
  }
}
