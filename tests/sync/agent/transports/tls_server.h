#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "tests/sync/agent/transports/loopback_server.h"

// TLS for the loopback server: a certificate that signs itself, made for one test.
namespace dga::test_agent {

template <auto Free>
struct FreeWith {
  template <typename T>
  void operator()(T* it) const {
    Free(it);
  }
};
using X509Pointer = std::unique_ptr<X509, FreeWith<X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using ContextPointer = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;

struct Certificate {
  KeyPointer key;
  X509Pointer certificate;

  // `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". Valid from `from` to `until`, seconds from now.
  Certificate(std::string const& names, long from, long until) : key(EVP_EC_gen("P-256")), certificate(X509_new()) {
    auto* const made = certificate.get();
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), from);
    X509_gmtime_adj(X509_getm_notAfter(made), until);
    X509_set_pubkey(made, key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<unsigned char const*>("test"), -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(made));
    extend(NID_basic_constraints, "critical,CA:TRUE");
    extend(NID_subject_alt_name, names.c_str());
    REQUIRE(X509_sign(made, key.get(), EVP_sha256()) > 0);
  }
  void write(std::filesystem::path const& file) const {
    std::unique_ptr<FILE, FreeWith<fclose>> const out(fopen(file.c_str(), "w"));
    REQUIRE(PEM_write_X509(out.get(), certificate.get()) == 1);
  }

 private:
  void extend(int kind, char const* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate.get(), certificate.get(), nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>> const extension(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value));
    REQUIRE(extension != nullptr);
    X509_add_ext(certificate.get(), extension.get(), -1);
  }
};

// Answers each connection's first request with `reply`, over TLS; nothing where the handshake fails.
class TlsAnswer {
 public:
  TlsAnswer(Certificate const& certificate, std::string reply)
      : context_(SSL_CTX_new(TLS_server_method())), reply_(std::move(reply)) {
    REQUIRE(SSL_CTX_use_certificate(context_.get(), certificate.certificate.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context_.get(), certificate.key.get()) == 1);
  }
  void operator()(Connection& connection) const {
    std::unique_ptr<SSL, FreeWith<SSL_free>> const tls(SSL_new(context_.get()));
    SSL_set_fd(tls.get(), connection.socket());
    if (SSL_accept(tls.get()) != 1) return;
    std::string request;
    char buffer[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
      int const got = SSL_read(tls.get(), buffer, sizeof buffer);
      if (got <= 0) return;
      request.append(buffer, static_cast<std::size_t>(got));
    }
    SSL_write(tls.get(), reply_.data(), static_cast<int>(reply_.size()));
    connection.wait_for_end();
  }

 private:
  ContextPointer context_;
  std::string reply_;
};

}  // namespace dga::test_agent
