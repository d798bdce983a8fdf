// One reading of an HTML text, token by token: the stack of open elements says how what comes next looks, the
// page keeps what is seen of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/mail/html.h"
#include "proto/mail/html_elements.h"
#include "proto/mail/html_links.h"
#include "proto/mail/html_page.h"
#include "proto/mail/html_sheet.h"
#include "proto/mail/html_stack.h"
#include "proto/mail/html_tokens.h"

namespace xspamd::html {

class Reader {
 public:
  // What holds for all of the text and may stand anywhere in it.
  struct Context {
    Sheet sheet;
    Declared html, body;             // the root's look
    Colour link_colour{0, 0, 0xEE};  // HTML §15.3.4, :link
  };

  Reader(std::string_view utf8, const HtmlLimits& limits);
  // With the context that another reading found.
  Reader(std::string_view utf8, const HtmlLimits& limits, Context context);

  Html read();
  // Whether some of the context stood behind something that it holds for.
  bool was_late() const { return was_late_; }
  Context take_context() { return std::move(context_); }

 private:
  void read_token();
  void read_text();
  void read_doctype();
  void read_start_tag();
  void read_end_tag();
  void end_raw_text();
  void count(const Element& element);

  bool starts_raw_text(const Element& element, const Looks& around);
  void change_root(const Element& element);
  void apply_rules_to_root();
  void update_root();
  Style style_of(double parent_font) const;
  void enter(const Element& element, const Style& style, const Declared& declared, bool has_place);
  Declared declared_of(const Element& element, const Style& style, const Looks& around) const;
  void declare_colours(const Element& element, const Style& style, Declared& declared) const;
  int add_links(const Element& element, const Style& style, const Looks& looks);
  int size_of(const std::optional<double>& pixels, Attribute attribute) const;
  void add_image(const Element& element, const Style& style, OpenElement& open);

  HtmlTokenizer tokenizer_;
  HtmlToken token_;
  Attributes attributes_;
  Stack stack_;
  Page page_;
  std::vector<Lead> leads_;
  Context context_;
  bool knows_context_ = false;
  bool was_late_ = false;
  bool has_content_ = false;      // something that rules may hold for
  bool quirks_ = true;            // no doctype of a standard (HTML §13.2.6.4.1)
  const Element* raw_ = nullptr;  // whose content the text is that comes
  std::string css_;               // of the <style> that is open
  bool css_holds_ = false;        // its media are ours
  bool has_body_ = false;
  std::size_t roots_ = 0;
};

}  // namespace xspamd::html
