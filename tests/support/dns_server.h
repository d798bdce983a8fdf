// FakeDnsServer: a DNS server for tests, UDP and TCP on one port of 127.0.0.1, in a thread of its own. Its
// zone is a map of names to records as they stand in a master file; what is not there is NXDOMAIN with a SOA.
// Faults belong to names. The zone may be changed while it serves.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "proto/dns.h"

namespace xspamd::test {

struct DnsFault {
  enum class Kind {
    none,
    silence,
    server_failure,
    refused,
    truncate,         // over UDP: TC set, no records
    wrong_id,         // one answer with another id, then none
    wrong_case,       // the name in another case, then none
    wrong_question,   // an answer to another name, then none
    garbage,          // bytes that are no answer, then none
    broken,           // the right question, then half a record
    lies_then_truth,  // wrong id, wrong case, wrong question and garbage with false records, then the answer
    lie,              // an address for every name
    no_soa,           // negative answers without SOA
    chain,            // a chain of 1,000 CNAMEs, over TCP
    leaves,           // only the CNAME of the name, not what it leads to
  };
  Kind kind = Kind::none;
  std::chrono::milliseconds delay{0};
};

class FakeDnsServer {
 public:
  FakeDnsServer();
  ~FakeDnsServer();
  FakeDnsServer(const FakeDnsServer&) = delete;
  FakeDnsServer& operator=(const FakeDnsServer&) = delete;

  std::string address() const;  // "127.0.0.1:40001"

  // "a.example", "A", "192.0.2.1"; A AAAA MX TXT PTR NS CNAME, texts in strings of 255 bytes.
  void add(std::string_view name, std::string_view type, std::string_view value, std::uint32_t ttl = 300);
  // "*": of all names that have none of their own.
  void set_fault(std::string_view name, DnsFault fault);
  void set_silent(bool silent);  // to everything
  void close_tcp_after_answer();

  std::size_t questions() const;  // over UDP and TCP
  std::size_t tcp_questions() const;
  std::size_t ports() const;               // from which it was asked over UDP
  std::vector<std::string> asked() const;  // the names as they were spelled

 private:
  struct Entry {
    std::uint16_t type = 0;
    std::uint32_t ttl = 0;
    std::string data;
  };
  class Loop;

  void note_port(std::uint16_t port);
  DnsFault fault_of(std::string_view question) const;
  std::vector<std::string> answers(std::string_view question, bool tcp);
  std::string answer(std::string_view question, const DnsFault& fault, bool tcp) const;
  std::string records_of(const std::string& name, std::uint16_t type, const DnsFault& fault,
                         int& count) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Entry>> zone_;
  std::map<std::string, DnsFault> faults_;
  std::vector<std::string> asked_;
  std::size_t tcp_questions_ = 0;
  std::set<std::uint16_t> ports_;
  bool silent_ = false;
  std::atomic<bool> closes_tcp_ = false;

  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace xspamd::test
