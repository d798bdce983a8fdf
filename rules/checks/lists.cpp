// DNS lists: who is known for what, by address, domain or digest. Which lists there are is data
// ([lists.NAME]); all are asked at once. An answer that could not be learned says nothing, and a list that
// refuses us says nothing for an hour. Domains of signatures wait for dkim: a second check asks for them.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "rules/checks/own_mail.h"
#include "rules/io/all.h"
#include "rules/io_runner.h"
#include "rules/listed_domain.h"
#include "rules/lists/list_answer.h"
#include "rules/lists/list_values.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::string_view kAfterDkim[] = {"dkim"};
constexpr std::string_view kCut = "LIMIT_LIST_NAMES";
constexpr Symbol kCutSymbols[] = {
    {kCut,
     {},
     "The message names more domains or addresses than a list is asked about; the rest was left out"}};

struct Options {
  std::shared_ptr<const ListSet> set;
  OwnMail own;
  NeverAsked never;
  std::size_t most_names = 0;
};

struct Query {
  const List* list;
  const ListSubject* subject;
  std::string value;
  dns::Question question;
  ListAnswer answer = {};
};

Task<> ask(Scan& scan, Query& query) {
  const auto began = Clock::now();
  const Deadline until = scan.dns_until();
  const DnsReply reply = co_await scan.dns().ask(query.question, until);
  query.answer = read_answer(*query.list, *reply);
  const auto now = Clock::now();
  std::string news = take_note(*query.list, query.answer, now - began, now);
  if (!news.empty()) scan.warn(std::move(news));
}

// One run over the lists: what is asked, then what the answers say.
class Lookup {
 public:
  Lookup(const Options& options, Scan& scan, bool of_signatures)
      : options_(options), scan_(scan), of_signatures_(of_signatures) {}

  Task<> run() {
    const auto now = Clock::now();
    for (const List& list : options_.set->lists) {
      if (!list.enabled) continue;
      if (list.state->resting(now) == ListState::Rest::none) {
        add_queries(list);
      } else {
        say_resting(list, list.state->resting(now));
      }
    }
    std::vector<Task<>> tasks;
    for (Query& query : queries_)
      tasks.push_back(ask(scan_, query));
    co_await all(std::move(tasks));
    say();
  }

 private:
  bool is_asked(const ListSubject& subject) const {
    if ((subject.kind == ListSubject::Kind::dkim_domains) != of_signatures_) return false;
    return !subject.is_of_transport() || !options_.own.is_spared(scan_.mail.request.envelope);
  }

  const std::vector<std::string>& values(const ListSubject& subject) {
    const auto known = values_.find(subject.text);
    if (known != values_.end()) return known->second;
    return values_[subject.text] =
               values_for(subject, scan_.mail, scan_.facts, options_.own.local, options_.never);
  }

  void add_queries(const List& list) {
    for (const ListSubject& subject : list.subjects) {
      if (!is_asked(subject)) continue;
      const auto& found = values(subject);
      if (found.size() > options_.most_names) cut_ = std::max(cut_, found.size());
      for (std::string& value : some_of(found, options_.most_names)) {
        auto name = list.name_for(value);
        if (name) queries_.push_back({&list, &subject, std::move(value), {std::move(*name), dns::Type::a}});
      }
    }
  }

  // Its symbols are not known to be absent.
  void say_unsure(const List& list) {
    for (const ListCode& code : list.codes)
      scan_.unsure.insert(code.symbol);
  }

  void say_resting(const List& list, ListState::Rest why) {
    const bool concerned = std::any_of(list.subjects.begin(), list.subjects.end(),
                                       [&](const ListSubject& subject) { return is_asked(subject); });
    if (!concerned) return;
    say_unsure(list);
    if (why == ListState::Rest::silent) unanswered_.insert(list.name);
    if (why == ListState::Rest::refused && !list.refused_symbol.empty()) refused_.insert(list.refused_symbol);
  }

  // What a list says counts only when it refused nothing of this message: these refused something.
  std::set<const List*> unsound_lists() const {
    std::set<const List*> unsound;
    for (const Query& query : queries_) {
      const auto kind = query.answer.kind;
      if (kind == ListAnswer::Kind::refused || kind == ListAnswer::Kind::foreign) unsound.insert(query.list);
    }
    return unsound;
  }

  void say() {
    const auto unsound = unsound_lists();
    find_allowed(unsound);
    for (const Query& query : queries_) {
      const auto kind = query.answer.kind;
      if (kind == ListAnswer::Kind::unknown) unanswered_.insert(query.list->name);
      if (kind != ListAnswer::Kind::clean && kind != ListAnswer::Kind::listed) say_unsure(*query.list);
      if (kind == ListAnswer::Kind::refused) refused_.insert(query.list->refused_symbol);
      if (kind == ListAnswer::Kind::listed && !unsound.contains(query.list)) add_hits(query);
    }
    for (auto& [symbol, options] : hits_)
      scan_.add(symbol, std::move(options));
    for (auto& [symbol, options] : taken_) {
      if (!hits_.contains(symbol)) scan_.hits.list.push_back({symbol, 1, std::move(options), Points{}});
    }
    for (const std::string_view symbol : refused_) {
      if (!symbol.empty()) scan_.add(symbol);
    }
    if (cut_ > 0) scan_.add(kCut, {fmt::format("{} of {}", options_.most_names, cut_)});
    if (!unanswered_.empty())
      scan_.skip(of_signatures_ ? "lists_dkim" : "lists",
                 fmt::format("no answer: {}", fmt::join(unanswered_, " ")));
  }

  // Addresses of clients that a list speaks for.
  void find_allowed(const std::set<const List*>& unsound) {
    for (const Query& query : queries_) {
      for (const ListCode* code : query.answer.codes) {
        if (code->allow && query.subject->is_client() && !unsound.contains(query.list))
          allowed_by_ = code->symbol;
      }
    }
  }

  void add_hits(const Query& query) {
    const std::string option = fmt::format("{}:{}", query.value, query.subject->label);
    if (query.answer.codes.empty()) {
      scan_.note(fmt::format("lists: {} answers {} for {}, of which nothing is known", query.list->name,
                             query.answer.detail, option));
    }
    const bool allowed = !allowed_by_.empty() && query.subject->is_client();
    for (const ListCode* code : query.answer.codes) {
      if (allowed && code->blames) {
        taken_[code->symbol] = {option, fmt::format("taken by {}", allowed_by_)};
      } else {
        add_option(hits_[code->symbol], option);
      }
    }
  }

  static void add_option(std::vector<std::string>& options, const std::string& option) {
    if (std::find(options.begin(), options.end(), option) == options.end()) options.push_back(option);
  }

  const Options& options_;
  Scan& scan_;
  bool of_signatures_;
  std::map<std::string_view, std::vector<std::string>> values_;  // by subject
  std::vector<Query> queries_;                                   // complete before the first is asked
  std::map<std::string_view, std::vector<std::string>> hits_, taken_;
  std::set<std::string_view> unanswered_, refused_;
  std::string allowed_by_;
  std::size_t cut_ = 0;
};

Task<> look_up(const Options& options, Scan& scan, bool of_signatures) {
  Lookup lookup(options, scan, of_signatures);
  co_await lookup.run();
}

Task<void> run_lists(std::shared_ptr<const Options> options, Scan& scan) {
  co_await look_up(*options, scan, false);
}

// The one switch of both is that of lists.
Task<void> run_dkim_lists(std::shared_ptr<const Options> options, Scan& scan) {
  if (!scan.profile.is_on("lists") || !options->set->enabled) co_return;
  co_await look_up(*options, scan, true);
}

NeverAsked read_never(const conf::Value* told, conf::Problems& problems) {
  NeverAsked never;
  if (told == nullptr || told->array() == nullptr) return never;
  for (const conf::Value& each : *told->array()) {
    const std::string* text = each.string();
    auto domain = text == nullptr ? fail(Errc::invalid, "a domain is a string") : listed_domain(*text);
    if (domain) {
      never.insert(std::move(*domain));
    } else {
      problems.error(each.origin, "checks.lists.except: " + domain.error().sentence);
    }
  }
  return never;
}

std::shared_ptr<Options> read_options(conf::Section& section, Services& services) {
  constexpr std::size_t kNames = 30;
  auto options = std::make_shared<Options>();
  options->set = services.lists;
  options->own = read_own_mail(section, services);
  options->never =
      read_never(section.get_value("except", "Domains that no list is asked about, with what is below them"),
                 services.problems);
  options->most_names = section.get(
      "max_names", kNames, "Names or addresses of one kind in a message that one list is asked about");
  return options;
}

Result<Runner> make_lists(conf::Section& section, Services& services) {
  return io_runner(run_lists, read_options(section, services));
}

// It has the options of lists.
Result<Runner> make_dkim_lists(conf::Section&, Services& services) {
  conf::Problems told_by_lists;
  conf::Section section("checks.lists", conf::find(services.config.tree, "checks.lists"), told_by_lists);
  Services same = services;
  return io_runner(run_dkim_lists, read_options(section, same));
}

}  // namespace

extern const Check lists_check;
const Check lists_check{.name = "lists",
                        .group = "lists",
                        .about = "DNS lists of addresses, domains and digests",
                        .phase = Phase::scan,
                        .after = {},
                        .symbols = kCutSymbols,
                        .make = make_lists};

extern const Check lists_dkim_check;
const Check lists_dkim_check{.name = "lists_dkim",
                             .group = "lists",
                             .about = "DNS lists of domains that signed; switched and set with lists",
                             .phase = Phase::scan,
                             .after = kAfterDkim,
                             .symbols = {},
                             .make = make_dkim_lists};

}  // namespace xspamd
