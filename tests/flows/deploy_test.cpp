// The shipped examples for a server, read by the programs they are for.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "tests/support/process.h"

using dga::support::Ended;
using dga::support::run;
using dga::support::TemporaryFolder;

namespace {

std::string shipped(std::string const& name) {
  std::ifstream file(std::string(DGA_SOURCE_DIR) + "/assets/deploy/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  REQUIRE_FALSE(text.str().empty());
  return text.str();
}

std::string with(std::string text, std::string const& what, std::string const& instead) {
  auto at = text.find(what);
  REQUIRE_MESSAGE(at != std::string::npos, what << " is not there");
  for (; at != std::string::npos; at = text.find(what, at + instead.size())) text.replace(at, what.size(), instead);
  return text;
}

// A certificate of the test's own; whoever reads the examples wants one that is there.
struct Server {
  Server() {
    auto const made =
        run({"/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=centre.example",
             "-days", "2", "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"});
    REQUIRE_MESSAGE(made.exit_code == 0, made.err);
    std::ofstream both(folder / "both.pem");
    for (auto const* name : {"certificate.pem", "key.pem"}) both << std::ifstream(folder / name).rdbuf();
  }
  Ended nginx(std::string const& sites) {
    std::ofstream(folder / "sites.conf") << sites;
    std::ofstream(folder / "nginx.conf") << "pid " << (folder / "pid") << ";\nerror_log stderr;\nevents {}\nhttp {\n"
                                         << "  access_log off;\n  client_body_temp_path " << (folder / "body")
                                         << ";\n  proxy_temp_path " << (folder / "proxy") << ";\n  include "
                                         << (folder / "sites.conf") << ";\n}\n";
    return run({"/usr/sbin/nginx", "-t", "-q", "-p", folder.path(), "-c", folder / "nginx.conf"});
  }
  std::string nginx_example() const {
    auto text = with(shipped("nginx.conf"), "/etc/ssl/certs/centre.example.pem", folder / "certificate.pem");
    return with(text, "/etc/ssl/private/centre.example.key", folder / "key.pem");
  }
  Ended haproxy(std::string const& configuration) {
    std::ofstream(folder / "haproxy.cfg") << configuration;
    return run({"/usr/sbin/haproxy", "-c", "-f", folder / "haproxy.cfg"});
  }
  TemporaryFolder folder;
};

}  // namespace

TEST_CASE_FIXTURE(Server, "nginx understands its example, and the check would find a wrong word in it") {
  auto const checked = nginx(nginx_example());
  CHECK_MESSAGE(checked.exit_code == 0, checked.err);
  CHECK(nginx(with(nginx_example(), "client_max_body_size 2m", "client_most_body_size 2m")).exit_code != 0);
}

TEST_CASE_FIXTURE(Server, "HAProxy understands its example without a warning, and the check would find a wrong word") {
  auto const example = with(shipped("haproxy.cfg"), "/etc/haproxy/centre.example.pem", folder / "both.pem");
  auto const checked = haproxy(example);
  CHECK_MESSAGE(checked.exit_code == 0, checked.err);
  CHECK_MESSAGE((checked.err + checked.out).find("WARNING") == std::string::npos, checked.err);
  CHECK(haproxy(with(example, "retry-on", "retry-after")).exit_code != 0);
}
