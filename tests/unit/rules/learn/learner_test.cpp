#include "rules/learn/learner.h"

#include <catch2/catch.hpp>

#include "rules/learn/owner.h"
#include "rules/store/memory.h"
#include "tests/unit/rules/store/store_loop.h"

using namespace xspamd;
using test::soon;
using Class = Tell::Class;

namespace {

// A memory store that says that others share it.
class SharedStore final : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  bool is_shared() const override { return true; }
};

std::chrono::sys_seconds tomorrow() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + std::chrono::days(1);
}

struct School {
  explicit School(std::shared_ptr<Store> in) : store(std::move(in)) { loop.wait(load()); }

  Task<int> load() {
    co_await bayes.load(*store);
    co_return 0;
  }
  std::string teach(std::string digest, std::optional<Class> which, const std::string& owner = {}) {
    Lesson lesson{std::move(digest), owner, scoped(tokens, owner), tomorrow(), which};
    return std::string(name(loop.wait(learner.learn(std::move(lesson), soon())).outcome));
  }
  std::string totals(const std::string& owner = {}) {
    auto entries = loop.wait(store->get({{Space::total, owner}}, soon()));
    return entries ? test::shown(entries->front()) : entries.error().sentence;
  }
  std::string token(const std::string& owner = {}) {
    auto entries = loop.wait(store->get({{Space::token, token_id(scoped(tokens[0], owner))}}, soon()));
    return entries ? test::shown(entries->front()) : entries.error().sentence;
  }

  const std::vector<std::uint64_t> tokens{11, 12, 13};
  test::StoreLoop loop;
  std::shared_ptr<Store> store;
  BayesMemory bayes;
  Learner learner{*store, bayes};
};

}  // namespace

TEST_CASE("learner: a message changes its class once, and can be forgotten") {
  School school(std::make_shared<MemoryStore>());
  CHECK(school.teach("one", Class::spam) == "learned");
  CHECK(school.teach("one", Class::spam) == "already learned");
  CHECK(school.totals() == "0/1");
  CHECK(school.teach("one", Class::ham) == "relearned");
  CHECK(school.totals() == "1/0");
  CHECK(school.token() == "1/0");
  CHECK(school.bayes.totals().ham == 1);
  CHECK(school.bayes.view().counts(school.tokens)[0] == TokenCounts{1, 0});
  CHECK(school.teach("one", std::nullopt) == "forgotten");
  CHECK(school.teach("one", std::nullopt) == "never learned");
  CHECK(school.totals() == "-");
  CHECK(school.token() == "-");
}

TEST_CASE("learner: each owner has a memory of its own") {
  School school(std::make_shared<MemoryStore>());
  CHECK(school.teach("one", Class::spam, "joe@example.org") == "learned");
  CHECK(school.teach("one", Class::ham, "ann@example.org") == "learned");
  CHECK(school.teach("one", Class::ham) == "learned");
  CHECK(school.totals("joe@example.org") == "0/1");
  CHECK(school.totals("ann@example.org") == "1/0");
  CHECK(school.token("joe@example.org") == "0/1");
  CHECK(school.bayes.totals("joe@example.org").spam == 1);
  CHECK(school.bayes.totals("bob@example.org").spam == 0);

  BayesMemory loaded;
  const auto load = [&]() -> Task<int> {
    co_await loaded.load(*school.store);
    co_return 0;
  };
  school.loop.wait(load());
  CHECK(loaded.totals("ann@example.org").ham == 1);
  CHECK(loaded.totals().ham == 1);
  CHECK(loaded.tokens() == 9);
}

TEST_CASE("learner: what was taught stays where something is learned by itself") {
  School school(std::make_shared<MemoryStore>());
  CHECK(school.teach("one", Class::spam) == "learned");
  Lesson lesson{"one", "", school.tokens, tomorrow(), Class::ham};
  CHECK(school.loop.wait(school.learner.learn_unless_taught(lesson, soon())).outcome ==
        Learned::Outcome::already);
  CHECK(school.totals() == "0/1");
  lesson.digest = "two";
  CHECK(school.loop.wait(school.learner.learn_unless_taught(lesson, soon())).outcome ==
        Learned::Outcome::learned);
  CHECK(school.totals() == "1/1");
}

TEST_CASE("learner: of a shared store nothing is copied, and one server at a time teaches a message") {
  School school(std::make_shared<SharedStore>());
  REQUIRE(school.bayes.ready());
  CHECK(school.bayes.is_elsewhere());
  CHECK(school.teach("one", Class::spam) == "learned");
  CHECK(school.totals() == "0/1");
  CHECK(school.bayes.tokens() == 0);
  CHECK(school.teach("one", Class::spam) == "refused");  // within the second
  CHECK(school.teach("two", Class::spam) == "learned");
}
