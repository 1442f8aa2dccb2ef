#include "sync/protocol/bundle.h"

#include "tests/sync/protocol/people.h"

using namespace dga;
using namespace dga::protocol;

namespace {

base::Bytes three_frames() {
  auto const bytes = write_bundle({{5, "certificate"}, {1, "batch"}, {200, "from the future"}});
  REQUIRE(bytes.ok());
  return *bytes;
}

}  // namespace

TEST_CASE("frames come back as they were written and kinds of a newer writer too") {
  auto const content = read_bundle(three_frames());
  REQUIRE(content.ok());
  REQUIRE(content->frames.size() == 3);
  CHECK(content->frames[2].kind == 200);
  CHECK(content->frames[2].payload == "from the future");
  CHECK(content->failures == 0);
  CHECK_FALSE(content->cut);
}

TEST_CASE("a changed bit loses at most the frame it stands in") {
  auto const bytes = three_frames();
  for (std::size_t bit = 6 * 8; bit < bytes.size() * 8; ++bit) {
    CAPTURE(bit);
    auto const content = read_bundle(test_wire::flipped(bytes, bit));
    REQUIRE(content.ok());
    CHECK(content->frames.size() == 2);
    CHECK((content->failures == 1 || content->cut));
  }
}

TEST_CASE("a bundle cut at any byte keeps its whole frames and says so") {
  auto const bytes = three_frames();
  std::size_t const first_end = 6 + 13 + 11, second_end = first_end + 13 + 5;
  for (std::size_t size = 6; size < bytes.size(); ++size) {
    CAPTURE(size);
    auto const content = read_bundle(bytes.substr(0, size));
    REQUIRE(content.ok());
    CHECK(content->frames.size() == (size >= second_end ? 2u : size >= first_end ? 1u : 0u));
    CHECK(content->cut == (size != 6 && size != first_end && size != second_end));
  }
}

TEST_CASE("reading goes on one byte after a failed magic and finds a frame inside it") {
  auto const inner = write_bundle({{1, "inner"}})->substr(6);
  auto const damaged = base::Bytes("DGAB1\n") + "DGAf\x10" + base::Bytes(3, '\0') + "DGAf" + inner;
  auto const content = read_bundle(damaged);
  REQUIRE(content.ok());
  REQUIRE(content->frames.size() == 1);
  CHECK(content->frames[0].payload == "inner");
}

TEST_CASE("reading gives up after as many failures as it was told") {
  base::Bytes bytes = "DGAB1\n";
  for (int i = 0; i < 100; ++i) bytes += "DGAf\xFF\xFF\xFF\xFF";
  bytes += write_bundle({{1, "late"}})->substr(6);
  CHECK(read_bundle(bytes)->failures == 64);
  CHECK(read_bundle(bytes)->frames.empty());
  CHECK(read_bundle(bytes, 1000)->frames.size() == 1);
}

TEST_CASE("what does not begin as a bundle or is too large is refused") {
  CHECK(read_bundle("\xFF\xD8\xFF\xE0 a picture").error().code == "bundle.not_one");
  CHECK(read_bundle("").error().code == "bundle.not_one");
  CHECK(write_bundle({{1, base::Bytes(kMostFrameBytes + 1, 'a')}}).error().code == "bundle.too_large");
  std::vector<Frame> const many(33, Frame{1, base::Bytes(kMostFrameBytes, 'a')});
  CHECK(write_bundle(many).error().code == "bundle.too_large");
  CHECK(read_bundle(base::Bytes(kMostBundleBytes + 1, 'D')).error().code == "bundle.too_large");
}
