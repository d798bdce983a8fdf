#include "rules/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "conf/selectors.h"

namespace xspamd {

namespace {

using Source = Selector::Source;
using Form = Selector::Form;

constexpr std::array<std::pair<std::string_view, Source>, 7> kSources{{{"header", Source::header},
                                                                       {"envelope", Source::envelope},
                                                                       {"received", Source::received},
                                                                       {"part", Source::part},
                                                                       {"url", Source::url},
                                                                       {"attachment", Source::attachment},
                                                                       {"message", Source::message}}};

constexpr std::array<std::pair<std::string_view, Form>, 4> kForms{
    {{"raw", Form::raw}, {"addr", Form::address}, {"domain", Form::domain}, {"name", Form::name}}};

Selector header_selector(std::string_view what) {
  Selector selector;
  const std::string_view form = what.substr(std::min(what.size(), what.rfind(':') + 1));
  for (const auto& [word, known] : kForms) {
    if (form != word || form.size() == what.size()) continue;
    selector.form = known;
    what.remove_suffix(form.size() + 1);
    break;
  }
  selector.name = what;
  return selector;
}

}  // namespace

Result<Selector> parse_selector(std::string_view source, std::string_view what) {
  const auto checked = conf::check_selector(fmt::format("{}.{}", source, what));
  if (!checked) return tl::unexpected(checked.error());
  if (source == "header") return header_selector(what);
  Selector selector;
  for (const auto& [word, known] : kSources) {
    if (word == source) selector.source = known;
  }
  selector.name = what;
  return selector;
}

}  // namespace xspamd
