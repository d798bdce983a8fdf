#include "server/client/decompress.h"

#include <zlib.h>
#include <zstd.h>

#include <catch2/catch.hpp>

#include "server/client/mail_reader.h"
#include "tests/unit/server/client/memory_source.h"

using namespace xspamd;
using namespace xspamd::client;
using test::in_memory;
using test::MemorySource;

namespace {

std::string gzipped(const std::string& text) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&z, text.size()) + 32, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  packed.resize(packed.size() - z.avail_out);
  deflateEnd(&z);
  return packed;
}

std::string zstded(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3);
  REQUIRE(!ZSTD_isError(size));
  packed.resize(size);
  return packed;
}

struct Whole {
  std::string text;
  std::string error;  // empty: the end was reached
  bool operator==(const Whole&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Whole& whole) {
  return out << whole.text.size() << " bytes, " << whole.error;
}

Whole read_all(Bytes source, std::size_t room = 1000) {
  Whole whole;
  auto bytes = unpacked(std::move(source));
  if (!bytes) return {"", bytes.error().sentence};
  std::string buffer(room, '\0');
  for (;;) {
    const auto got = (*bytes)->read(buffer);
    if (!got) return {whole.text, got.error().sentence};
    if (*got == 0) return whole;
    whole.text.append(buffer, 0, *got);
  }
}

constexpr std::size_t kPieces[] = {1, 7, 100'000};

}  // namespace

TEST_CASE("decompress: bytes that are not packed come as they are, however short") {
  using namespace std::string_literals;
  for (const std::string& text :
       {""s, "A"s, "From "s, "A: b\n\nText\n"s, "\x1f\x8b"s, "\x1f\x8bxyz"s, "PK\n"s, "\0\0"s}) {
    for (const std::size_t piece : kPieces)
      CHECK(read_all(in_memory(text, piece)) == Whole{text, ""});
  }
}

TEST_CASE("decompress: members and frames are unpacked one after the other, in any pieces") {
  const std::string even(3'000'000, 'x');  // so tight that much is unpacked from the last bytes
  std::string odd;
  for (unsigned i = 0; i < 50'000; ++i)
    odd += static_cast<char>(i * i * 2'654'435'761U >> 24);
  for (const auto pack : {gzipped, zstded}) {
    const std::string packed = pack("one") + pack("") + pack(even) + pack(odd);
    for (const std::size_t piece : kPieces) {
      CHECK(read_all(in_memory(packed, piece)) == Whole{"one" + even + odd, ""});
      CHECK(read_all(in_memory(pack(""), piece)) == Whole{"", ""});
    }
    CHECK(read_all(in_memory(pack("one") + pack("two"), 1), 1) == Whole{"onetwo", ""});
  }
}

TEST_CASE("decompress: a zstd frame to be skipped may stand in front of others, as pzstd writes it") {
  using namespace std::string_literals;
  const std::string skipped = "\x50\x2a\x4d\x18\x04\x00\x00\x00"s + "abcd";
  CHECK(read_all(in_memory(zstded("one") + skipped + zstded("two"))) == Whole{"onetwo", ""});
  CHECK(read_all(in_memory(skipped + zstded("one"))) == Whole{"one", ""});
}

TEST_CASE("decompress: what ends too early is told at every length, and nothing false is given") {
  const std::string text = "Some words, some more words, some words again.";
  for (const auto pack : {gzipped, zstded}) {
    const std::string packed = pack(text);
    for (std::size_t length = 4; length < packed.size(); ++length) {
      const Whole whole = read_all(in_memory(packed.substr(0, length), 3));
      INFO(length << " of " << packed.size() << " bytes");
      CHECK(whole.error.starts_with("ends inside the "));
      CHECK(text.starts_with(whole.text));
    }
    CHECK(read_all(in_memory(pack("one") + packed.substr(0, 9))).text == "one");
  }
}

TEST_CASE("decompress: damaged data and bytes behind the data are told") {
  std::string bad_sum = gzipped("one");
  bad_sum[bad_sum.size() - 6] ^= 1;
  CHECK(read_all(in_memory(bad_sum)) == Whole{"one", "the gzip data is damaged: incorrect data check"});
  CHECK(read_all(in_memory(gzipped("one") + "garbage")) ==
        Whole{"one", "the gzip data is damaged: incorrect header check"});
  CHECK(read_all(in_memory("\x1f\x8b\x08garbage and more garbage"))
            .error.starts_with("the gzip data is damaged"));
  CHECK(read_all(in_memory(zstded("one") + "garbage")).error.starts_with("the zstd data is damaged"));
  // A bit that is reserved.
  CHECK(read_all(in_memory("\x28\xb5\x2f\xfd\x08" + std::string(20, 'x'))).error ==
        "the zstd data is damaged: Unsupported frame parameter");
}

TEST_CASE("decompress: a zstd frame that wants more than 128 MiB of memory is refused") {
  using namespace std::string_literals;
  // Frame header: no checksum, window descriptor of 2^28 bytes; then a raw block.
  const std::string frame = "\x28\xb5\x2f\xfd\x00\x90\x09\x00\x00x"s;
  const Whole whole = read_all(in_memory(frame));
  CHECK(whole.error == "the zstd data is damaged: Frame requires too much memory for decoding");
  const std::string allowed = "\x28\xb5\x2f\xfd\x00\x88\x09\x00\x00x"s;
  CHECK(read_all(in_memory(allowed)) == Whole{"x", ""});
}

TEST_CASE("decompress: packed by what we do not unpack is refused by name") {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> rows[] = {{"BZh91AY&SY", "bzip2"},
                                                      {"\xfd\x37zXZ\0\0"s, "xz"},
                                                      {"PK\x03\x04\x14", "zip"},
                                                      {"7z\xbc\xaf\x27\x1c", "7z"}};
  for (const auto& [bytes, name] : rows) {
    CHECK(read_all(in_memory(bytes)) == Whole{"", "is packed by " + name + "; gzip and zstd are understood"});
  }
}

TEST_CASE("decompress: trouble of the source comes through") {
  for (const std::string& bytes : {std::string(), gzipped("one").substr(0, 12), zstded("one").substr(0, 9)}) {
    auto source = std::make_unique<MemorySource>(bytes);
    source->break_at_end("the disk is gone");
    CHECK(read_all(std::move(source)).error == "the disk is gone");
  }
}

TEST_CASE("mail reader: messages of a packed mbox come until it breaks off; the last, cut off, does not") {
  // Random enough that the packed bytes are cut where the text is.
  std::string mbox;
  for (unsigned i = 0; i < 2000; ++i)
    mbox += "From x\nA: " + std::to_string(i * 2'654'435'761U) + "\n\n";
  const std::string packed = gzipped(mbox);
  MailReader reader(in_memory(packed.substr(0, packed.size() / 2), 100), 1000);
  std::size_t count = 0;
  for (;;) {
    const auto message = reader.next();
    if (!message) {
      CHECK(message.error().sentence == "ends inside the gzip data");
      break;
    }
    REQUIRE(*message);
    CHECK((*message)->text == "A: " + std::to_string(count * 2'654'435'761U % (1ULL << 32)) + "\n");
    ++count;
  }
  CHECK(count > 500);
  CHECK(count < 1500);
  const auto after = reader.next();
  REQUIRE(after);
  CHECK_FALSE(*after);
}
