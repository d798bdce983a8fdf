// Limits: what bounds the work of one request. Every member is a configuration key [limits] of the same
// name (conf/config.cpp gives the defaults of the table there); sizes are bytes, times milliseconds.
// What is over a limit is answered, named in the log and counted; the reason for each figure stands beside
// it.
#pragma once

#include <chrono>
#include <cstddef>

namespace xspamd {

struct Limits {
  static constexpr std::size_t kKiB = 1024;
  static constexpr std::size_t kMiB = 1024 * kKiB;

  std::size_t message = 50 * kMiB;   // body as announced or received; Exim's own default limit is 50 MB
  std::size_t head = 4 * kMiB;       // request head; 20,000 recipients make 1.5 MB
  std::size_t memory = 256 * kMiB;   // input held by all connections together
  std::size_t text = 1 * kMiB;       // decoded text that rules, HTML and tokens see
  std::size_t report = 16 * kKiB;    // an RSPAMC reply; Exim reads 32,599 bytes and must never get more
  std::size_t connections = 1024;    // open at once
  std::size_t scans = 512;           // running at once
  std::size_t parts = 1000;          // MIME parts of a message
  std::size_t depth = 50;            // nesting of MIME parts
  std::size_t headers = 2000;        // header fields of a message
  std::size_t urls = 2000;           // URLs of a message
  std::size_t html_depth = 256;      // open elements of HTML; browsers stop at 512
  std::size_t archive = 4 * kMiB;    // unpacked of archives within archives
  std::size_t archive_files = 1000;  // names of an archive, those of archives in it included

  std::chrono::milliseconds scan{8'000};       // a scan; queue + scan + the rest stay below Exim's 120 s
  std::chrono::milliseconds session{100'000};  // a connection, from accept to close
  std::chrono::milliseconds idle{10'000};      // no input where input is due; also the drain after a reply
  std::chrono::milliseconds queue{20'000};     // waiting for room
};

}  // namespace xspamd
