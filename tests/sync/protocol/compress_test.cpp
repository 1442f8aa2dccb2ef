#include "sync/protocol/compress.h"

#include <zstd.h>

#include "tests/sync/protocol/people.h"

using namespace dga;
using protocol::compress;
using protocol::decompress;

namespace {

// A frame as somebody else's writer may make it.
base::Bytes frame_with(base::ByteView plain, ZSTD_cParameter parameter, int value) {
  auto* const context = ZSTD_createCCtx();
  REQUIRE(!ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)));
  base::Bytes frame(ZSTD_compressBound(plain.size()), '\0');
  auto const size = ZSTD_compress2(context, frame.data(), frame.size(), plain.data(), plain.size());
  ZSTD_freeCCtx(context);
  REQUIRE(!ZSTD_isError(size));
  frame.resize(size);
  return frame;
}

// 3 MiB that compress to different frames for different windows.
base::Bytes large() {
  auto random = base::seeded_random(3);
  base::Bytes block(1500 * 1024, '\0');
  random->fill(block.data(), block.size());
  return block + block;
}

}  // namespace

TEST_CASE("what is compressed comes back whole") {
  for (auto const& plain : {base::Bytes(), base::Bytes("x"), base::Bytes(1024 * 1024, 'a'), large()}) {
    auto const back = decompress(compress(plain), plain.size());
    REQUIRE(back.ok());
    CHECK(*back == plain);
  }
}

TEST_CASE("a frame that announces another size than the header is refused") {
  auto const frame = compress(base::Bytes(1000, 'a'));
  CHECK(decompress(frame, 1000).ok());
  CHECK(decompress(frame, 999).error().code == "compression.damaged");
  CHECK(decompress(frame, 1001).error().code == "compression.damaged");
}

TEST_CASE("a bomb never grows beyond what was announced") {
  auto const bomb = compress(base::Bytes(60 * 1024 * 1024, '\0'));
  CHECK(bomb.size() < 10'000);
  CHECK_FALSE(decompress(bomb, 4096).ok());
}

TEST_CASE("a frame whose announced size lies is refused") {
  // A single-segment frame of 1000 bytes; its content size stands in the two bytes after the descriptor, less 256.
  auto frame = compress(base::Bytes(1000, 'a'));
  REQUIRE((static_cast<std::uint8_t>(frame[4]) & 0xE0) == 0x60);
  frame[5] = static_cast<char>((2000 - 256) & 0xFF);
  frame[6] = static_cast<char>((2000 - 256) >> 8);
  CHECK_FALSE(decompress(frame, 2000).ok());
  frame[5] = static_cast<char>((500 - 256) & 0xFF);
  frame[6] = 0;
  CHECK_FALSE(decompress(frame, 500).ok());
}

TEST_CASE("a frame without its content size is refused") {
  auto const frame = frame_with(large(), ZSTD_c_contentSizeFlag, 0);
  CHECK_FALSE(decompress(frame, large().size()).ok());
}

TEST_CASE("a window beyond 2 to the 20 is refused and one of 2 to the 20 is not") {
  auto const plain = large();
  CHECK(decompress(frame_with(plain, ZSTD_c_windowLog, 20), plain.size()).ok());
  CHECK_FALSE(decompress(frame_with(plain, ZSTD_c_windowLog, 21), plain.size()).ok());
}

TEST_CASE("anything after the frame is refused") {
  auto const frame = compress("a list of records");
  CHECK_FALSE(decompress(frame + "x", 17).ok());
  CHECK_FALSE(decompress(frame + frame, 17).ok());
  CHECK_FALSE(decompress(frame + compress(""), 17).ok());
}

TEST_CASE("a skippable frame and no frame at all are refused") {
  using namespace std::string_view_literals;
  CHECK_FALSE(decompress("\x50\x2A\x4D\x18\x04\x00\x00\x00"
                         "abcd"sv,
                         0)
                  .ok());
  CHECK_FALSE(decompress("", 0).ok());
  CHECK_FALSE(decompress("not zstd at all", 15).ok());
}

TEST_CASE("a frame cut at any byte is refused") {
  auto const frame = compress("records and records and records and more records");
  for (std::size_t size = 0; size < frame.size(); ++size) CHECK_FALSE(decompress(frame.substr(0, size), 49).ok());
}
