#include "rules/hosts/inquiry.h"

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

DnsReply reply_of(DnsAnswer::Status status, std::string why = {}) {
  DnsAnswer answer;
  answer.status = status;
  answer.why = std::move(why);
  return std::make_shared<const DnsAnswer>(std::move(answer));
}

}  // namespace

TEST_CASE("inquiry: what is looked up is wanted once, and unknown until it is answered") {
  Inquiry inquiry(12);
  CHECK(inquiry.answer("a.example", dns::Type::a).unknown());
  CHECK(inquiry.answer("a.example", dns::Type::a).unknown());
  CHECK(inquiry.answer("a.example", dns::Type::mx).unknown());
  CHECK(inquiry.take_wanted() ==
        std::vector<dns::Question>{{"a.example", dns::Type::a}, {"a.example", dns::Type::mx}});
  CHECK(inquiry.take_wanted().empty());
  inquiry.add({reply_of(DnsAnswer::Status::found), reply_of(DnsAnswer::Status::no_data)});
  CHECK(inquiry.answer("a.example", dns::Type::a).found());
  CHECK(inquiry.answer("a.example", dns::Type::mx).absent());
  CHECK(inquiry.answer("b.example", dns::Type::a).unknown());
  CHECK(inquiry.take_wanted() == std::vector<dns::Question>{{"b.example", dns::Type::a}});
  inquiry.add({reply_of(DnsAnswer::Status::no_name)});
  CHECK(inquiry.answer("b.example", dns::Type::a).absent());
  CHECK(inquiry.answer("a.example", dns::Type::a).found());
  CHECK(inquiry.first_failure() == "");
}

TEST_CASE("inquiry: beyond the limit nothing is asked and nothing known") {
  Inquiry inquiry(1);
  inquiry.answer("a.example", dns::Type::a);
  CHECK_FALSE(inquiry.is_exhausted());
  CHECK(inquiry.answer("b.example", dns::Type::a).unknown());
  CHECK(inquiry.is_exhausted());
  CHECK(inquiry.take_wanted().size() == 1);
  inquiry.add({reply_of(DnsAnswer::Status::found)});
  CHECK(inquiry.answer("b.example", dns::Type::a).unknown());
  CHECK(inquiry.take_wanted().empty());
}

TEST_CASE("inquiry: the first failure is told, what was not asked is none") {
  Inquiry inquiry(2);
  inquiry.answer("a.example", dns::Type::a);
  inquiry.answer("b.example", dns::Type::mx);
  inquiry.answer("c.example", dns::Type::mx);
  inquiry.take_wanted();
  CHECK(inquiry.first_failure() == "");
  inquiry.add({reply_of(DnsAnswer::Status::found), reply_of(DnsAnswer::Status::unknown, "SERVFAIL")});
  CHECK(inquiry.first_failure() == "MX of b.example could not be learned: SERVFAIL");
}
