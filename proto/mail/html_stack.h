// The open elements of HTML, kept as browsers keep them (HTML §13.2.4.2, §13.2.4.3, §13.2.6.4.7 ff.), so that
// wrong nesting hides and shows what it does in a browser: start tags that end others, end tags that reach
// only so far, formatting that outlives its paragraph, and things in tables that stand before them. deviates:
// formatting goes on with the element around it at once and not with the next text, and does not come back
// behind a table. Bounded: what is opened at full depth is only counted. An operation costs at most the
// depth.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "proto/mail/html_elements.h"
#include "proto/mail/html_looks.h"

namespace xspamd::html {

// How an element is set apart from what is before and after it.
enum class Gap : std::uint8_t { none, blank, line };

struct OpenElement {
  const Element* element = nullptr;
  std::size_t key = 0;  // of its name
  std::uint32_t facts = 0;
  Gap gap = Gap::none;
  Declared declared;
  Looks looks;
};

// A number for the name: equal names have equal ones, and others hardly ever.
std::size_t key_of(const Element& element, std::string_view name);

class Stack {
 public:
  explicit Stack(std::size_t depth);

  // Of text that stands here.
  const Looks& looks() const { return looks_of(open_.size(), 0); }
  // Of what an element that is opened here is in.
  const Looks& looks_around(const Element& element) const { return looks_of(open_.size(), element.facts); }
  const Looks& root_looks() const { return open_.front().looks; }
  bool over_depth() const { return was_over_depth_; }

  // Ends what the start tag ends. False where browsers ignore it: parts of tables outside of tables.
  bool make_way(const Element& element, bool quirks);
  void push(const OpenElement& open);  // with its looks; at full depth it is only counted
  // What is closed; nothing if no such element is open or its end does not reach there.
  struct Closed {
    Gap gap = Gap::none;
    Looks looks;
  };
  std::optional<Closed> close(const Element& element, std::size_t key);
  // Gives the root, which is <html> and <body>, another look; whether it is another.
  bool change_root(const Declared& declared);

 private:
  // What stays open of the elements above one that is closed.
  enum class Keep { nothing, formatting, blocks, all };
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  static constexpr std::size_t kKeys = 512;

  const Looks& looks_of(std::size_t at, std::uint32_t facts) const;
  template <typename Wanted>
  std::size_t find(Wanted wanted, std::uint32_t barrier) const;
  std::size_t find_end(const Element& element, std::size_t key) const;
  bool has(std::size_t key) const { return counts_[key % kKeys] > 0; }
  void close_at(std::size_t at, Keep keep);
  bool stays(std::size_t at, std::size_t kept_from) const;
  void close_p();
  void close_item(Tag first, Tag second);
  void close_formatting(const Element& element);
  bool to_table(const Element& element);
  void leave_foreign();
  void compute_looks(std::size_t from);

  std::vector<OpenElement> open_;  // the first is the root
  std::size_t depth_;
  bool was_over_depth_ = false;
  bool over_now_ = false;
  std::array<std::uint32_t, kKeys> counts_{};  // open, by key
  std::array<std::uint32_t, kKeys> over_{};    // opened at full depth
};

}  // namespace xspamd::html
