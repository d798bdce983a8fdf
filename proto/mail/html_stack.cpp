#include "proto/mail/html_stack.h"

#include <algorithm>
#include <iterator>

namespace xspamd::html {

namespace {

constexpr std::size_t kUnknownKeys = 256;  // keys of known elements are less
constexpr std::size_t kMostSurvivors = 32;
constexpr int kMostEqual = 3;  // HTML §13.2.4.3, "Noah's Ark clause"

const Element& paragraph() {
  static const Element& element = find_element("p");
  return element;
}

std::size_t table_key() {
  static const std::size_t key = number_of(find_element("table"));
  return key;
}

// How far up the end tag of an element reaches (HTML §13.2.6.4.7 ff.).
std::uint32_t barrier_of(const Element& element) {
  switch (element.tag) {
    case Tag::p:
      return kScope | kButtonScope;
    case Tag::li:
      return kScope | kListScope;
    case Tag::td:
    case Tag::tr:
    case Tag::row_group:
    case Tag::caption:
    case Tag::colgroup:
    case Tag::table:
      return kTableScope;
    case Tag::template_:
      return 0;
    default:
      break;
  }
  return element.is(kSpecial | kFormatting) ? kScope : kSpecial;
}

}  // namespace

std::size_t key_of(const Element& element, std::string_view name) {
  if (element.tag != Tag::unknown) return number_of(element);
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return static_cast<std::size_t>(hash ^ hash >> 32) | kUnknownKeys;
}

Stack::Stack(std::size_t depth) : depth_(depth) {
  open_.reserve(std::min<std::size_t>(depth, 64) + 1);
  OpenElement root;
  root.element = &find_element("body");
  root.facts = kScope | kSpecial;
  open_.push_back(root);
}

// HTML §13.2.6.1: what is no part of a table and stands in none of its cells stands before it.
const Looks& Stack::looks_of(std::size_t at, std::uint32_t facts) const {
  std::size_t parent = at - 1;
  if ((open_[parent].facts & kTableContext) == 0 || (facts & kTablePart) != 0) return open_[parent].looks;
  while (parent > 0 && open_[parent].element->tag != Tag::table)
    --parent;
  return open_[parent > 0 ? parent - 1 : 0].looks;
}

void Stack::compute_looks(std::size_t from) {
  for (std::size_t i = std::max<std::size_t>(from, 1); i < open_.size(); ++i) {
    Looks looks = looks_of(i, open_[i].facts);
    inherit(open_[i].declared, looks);
    open_[i].looks = looks;
  }
}

bool Stack::change_root(const Declared& declared) {
  if (declared == open_.front().declared) return false;
  open_.front().declared = declared;
  open_.front().looks = Looks{};
  inherit(declared, open_.front().looks);
  compute_looks(1);
  return true;
}

void Stack::push(const OpenElement& open) {
  if (open_.size() > depth_) {
    was_over_depth_ = over_now_ = true;
    ++over_[open.key % kKeys];
    return;
  }
  ++counts_[open.key % kKeys];
  open_.push_back(open);
}

template <typename Wanted>
std::size_t Stack::find(Wanted wanted, std::uint32_t barrier) const {
  for (std::size_t i = open_.size() - 1; i > 0; --i) {
    if (wanted(open_[i])) return i;
    if (open_[i].facts & barrier) return kNowhere;
  }
  return kNowhere;
}

// Whether formatting at `at` goes on: no cell ends it, and there are not yet several of its like.
bool Stack::stays(std::size_t at, std::size_t kept_from) const {
  const OpenElement& open = open_[at];
  int equal = 0;
  for (std::size_t i = kept_from; i < at && equal < kMostEqual; ++i)
    equal += open_[i].key == open.key && open_[i].declared == open.declared;
  return equal < kMostEqual;
}

void Stack::close_at(std::size_t at, Keep keep) {
  if (at == kNowhere) return;
  if (over_now_ && (keep == Keep::formatting || keep == Keep::nothing)) {
    over_.fill(0);  // all that was in it is closed too
    over_now_ = false;
  }
  --counts_[open_[at].key % kKeys];
  if (at + 1 == open_.size()) {
    open_.pop_back();
    return;
  }
  bool marker = (open_[at].facts & kMarker) != 0;
  bool blocks = false;
  std::size_t out = at;
  for (std::size_t i = at + 1; i < open_.size(); ++i) {
    const std::uint32_t facts = open_[i].facts;
    marker |= (facts & kMarker) != 0;
    blocks |= (facts & kSpecial) != 0;
    bool kept = keep == Keep::all || (keep == Keep::blocks && blocks);
    if (!kept && (facts & kFormatting) && keep != Keep::nothing && !marker) {
      open_[out] = open_[i];
      kept = keep == Keep::blocks || (out - at < kMostSurvivors && stays(out, at));
      if (kept) ++out;
    } else if (kept) {
      open_[out++] = open_[i];
    }
    if (!kept) --counts_[open_[i].key % kKeys];
  }
  open_.resize(out);
  compute_looks(at);
}

void Stack::close_p() {
  const std::size_t key = number_of(paragraph());
  if (!has(key)) return;
  close_at(find([&](const OpenElement& open) { return open.key == key; }, kScope | kButtonScope),
           Keep::formatting);
}

// HTML §13.2.6.4.7, "li" and "dd", "dt": one before is ended unless a block is between; paragraphs and
// the plain ones do not count as such.
void Stack::close_item(Tag first, Tag second) {
  for (std::size_t i = open_.size() - 1; i > 0; --i) {
    const OpenElement& open = open_[i];
    if (open.element->tag == first || open.element->tag == second) {
      close_at(i, Keep::formatting);
      return;
    }
    const bool plain =
        open.element->tag == Tag::p || open.element->name == "div" || open.element->name == "address";
    if ((open.facts & kSpecial) && !plain) return;
  }
}

// The adoption agency (HTML §13.2.6.4.7) as far as it shows: blocks that were opened within stay open.
void Stack::close_formatting(const Element& element) {
  const std::size_t key = number_of(element);
  if (!has(key)) return;
  close_at(find([&](const OpenElement& open) { return open.key == key; }, kScope), Keep::blocks);
}

void Stack::leave_foreign() {
  while (open_.back().looks.foreign) {
    const auto is_foreign = [](const OpenElement& open) {
      return open.element->tag == Tag::foreign;
    };
    const std::size_t at = find(is_foreign, kScope);
    if (at == kNowhere) return;
    close_at(at, Keep::nothing);
  }
}

// HTML §13.2.6.4.9 ff.: a part of a table ends what is open in the part that it belongs to.
bool Stack::to_table(const Element& element) {
  if (!has(table_key())) return false;
  const auto is_context = [&](const OpenElement& open) {
    const Tag tag = open.element->tag;
    if (tag == Tag::table) return true;
    if (element.tag == Tag::td) return tag == Tag::tr || tag == Tag::row_group;
    if (element.tag == Tag::tr) return tag == Tag::row_group;
    return element.tag == Tag::col && tag == Tag::colgroup;
  };
  const std::size_t at = find(is_context, 0);
  if (at == kNowhere) return false;
  if (at + 1 < open_.size()) close_at(at + 1, Keep::nothing);
  return true;
}

bool Stack::make_way(const Element& element, bool quirks) {
  if (element.is(kBreaksOut) && open_.back().looks.foreign) leave_foreign();
  switch (element.tag) {
    case Tag::li:
      close_item(Tag::li, Tag::li);
      break;
    case Tag::dd:
    case Tag::dt:
      close_item(Tag::dd, Tag::dt);
      break;
    case Tag::a:
    case Tag::nobr:
      close_formatting(element);
      break;
    case Tag::button:
      if (has(number_of(element))) close_at(find_end(element, number_of(element)), Keep::formatting);
      break;
    case Tag::optgroup:
    case Tag::option:
      if (open_.back().element->tag == Tag::option) close_at(open_.size() - 1, Keep::nothing);
      if (element.tag == Tag::optgroup && open_.back().element->tag == Tag::optgroup)
        close_at(open_.size() - 1, Keep::nothing);
      break;
    case Tag::table:
      // HTML §13.2.6.4.7: without a doctype a table stands within the paragraph.
      if (!quirks) close_p();
      break;
    case Tag::td:
    case Tag::tr:
    case Tag::row_group:
    case Tag::caption:
    case Tag::colgroup:
    case Tag::col:
      return to_table(element);
    default:
      break;
  }
  if (element.is(kClosesP)) close_p();
  if (element.tag == Tag::heading && open_.back().element->tag == Tag::heading)
    close_at(open_.size() - 1, Keep::nothing);
  return true;
}

std::size_t Stack::find_end(const Element& element, std::size_t key) const {
  // HTML §13.2.6.4.7: the end of any heading ends any.
  if (element.tag == Tag::heading)
    return find([](const OpenElement& open) { return open.element->tag == Tag::heading; }, kScope);
  if (!has(key)) return kNowhere;
  return find([&](const OpenElement& open) { return open.key == key; }, barrier_of(element));
}

std::optional<Stack::Closed> Stack::close(const Element& element, std::size_t key) {
  if (over_[key % kKeys] > 0) {
    --over_[key % kKeys];
    return Closed{Gap::none, looks()};
  }
  const std::size_t at = find_end(element, key);
  if (at == kNowhere) return std::nullopt;
  const Closed closed{open_[at].gap, open_[at].looks};
  Keep keep = Keep::formatting;
  if (element.is(kFormatting)) keep = Keep::blocks;
  if (element.tag == Tag::form) keep = Keep::all;
  close_at(at, keep);
  return closed;
}

}  // namespace xspamd::html
