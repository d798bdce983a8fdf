// The charset that an HTML document declares for itself. Declared in proto/mail/text.h.
#include <algorithm>
#include <optional>

#include "proto/base/text.h"
#include "proto/mail/charset_names.h"
#include "proto/mail/text.h"

namespace xspamd {

namespace {

struct Attribute {
  std::string_view name, value;
};

// The tags of the first bytes of a document, read as the prescan of WHATWG HTML §13.2.3.2 does.
class Prescan {
 public:
  explicit Prescan(std::string_view bytes) : bytes_(bytes) {}

  std::string charset() {
    while ((at_ = bytes_.find('<', at_)) != npos) {
      const std::string_view rest = bytes_.substr(at_);
      if (rest.starts_with("<!--")) {
        const std::size_t end = rest.find("-->", 2);
        if (end == npos) return {};
        at_ += end + 3;
      } else if (istarts_with(rest, "<?xml") || (istarts_with(rest, "<meta") && ends_name(rest.substr(5)))) {
        at_ += 5;
        if (std::string name = declared(); !name.empty()) return name;
      } else if (is_tag(rest)) {
        at_ = bytes_.find_first_of(" \t\n\f\r>", at_);
        while (attribute()) {
        }
      } else if (rest.starts_with("<!") || rest.starts_with("</") || rest.starts_with("<?")) {
        at_ = bytes_.find('>', at_);
      } else {
        ++at_;
      }
    }
    return {};
  }

 private:
  static constexpr std::size_t npos = std::string_view::npos;

  static bool is_white(char c) { return is_space(c) && c != '\v'; }
  static bool ends_name(std::string_view rest) {
    return !rest.empty() && (is_white(rest.front()) || rest.front() == '/');
  }
  static bool is_tag(std::string_view rest) {
    const std::size_t name = rest.starts_with("</") ? 2 : 1;
    return rest.size() > name && to_lower(rest[name]) >= 'a' && to_lower(rest[name]) <= 'z';
  }

  static bool is_plain(std::string_view name) {
    constexpr std::size_t kLongest = 40;
    return name.size() <= kLongest &&
           std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
  }

  bool at_end() const { return at_ >= bytes_.size(); }
  void skip_white(bool slashes) {
    while (!at_end() && (is_white(bytes_[at_]) || (slashes && bytes_[at_] == '/')))
      ++at_;
  }

  // The next attribute of the tag; nothing at its end, or at that of the bytes.
  std::optional<Attribute> attribute() {
    skip_white(true);
    if (at_end() || bytes_[at_] == '>') return std::nullopt;
    const std::size_t name = at_++;  // a "=" in front belongs to the name
    while (!at_end() && !is_white(bytes_[at_]) && bytes_[at_] != '/' && bytes_[at_] != '>' &&
           bytes_[at_] != '=')
      ++at_;
    Attribute found{bytes_.substr(name, at_ - name), {}};
    skip_white(false);
    if (at_end() || bytes_[at_] != '=') return found;
    ++at_;
    skip_white(false);
    found.value = value();
    return found;
  }

  std::string_view value() {
    if (at_end()) return {};
    const char quote = bytes_[at_];
    if (quote == '"' || quote == '\'') {
      const std::size_t begin = ++at_;
      const std::size_t end = bytes_.find(quote, begin);
      at_ = end == npos ? npos : end + 1;
      return bytes_.substr(begin, end - begin);
    }
    const std::size_t begin = at_;
    while (!at_end() && !is_white(bytes_[at_]) && bytes_[at_] != '>')
      ++at_;
    return bytes_.substr(begin, at_ - begin);
  }

  // WHATWG HTML §2.6.5: the charset inside "text/html; charset=...".
  static std::string_view inside_content(std::string_view content) {
    for (std::size_t at = 0; (at = ifind(content, "charset")) != npos;) {
      content.remove_prefix(at + 7);
      content = trim(content);
      if (!content.starts_with('=')) continue;
      content = trim(content.substr(1));
      if (content.empty()) return {};
      const char quote = content.front();
      if (quote != '"' && quote != '\'') return content.substr(0, content.find_first_of("; \t\r\n\f"));
      const std::size_t end = content.find(quote, 1);
      return end == npos ? std::string_view() : content.substr(1, end - 1);
    }
    return {};
  }

  // What the attributes of a <meta> or an XML declaration say.
  std::string declared() {
    std::string_view plain, in_content;
    bool content_type = false;
    while (const auto found = attribute()) {
      if (plain.empty() && (iequals(found->name, "charset") || iequals(found->name, "encoding")))
        plain = found->value;
      else if (in_content.empty() && iequals(found->name, "content"))
        in_content = inside_content(found->value);
      else if (iequals(found->name, "http-equiv"))
        content_type = iequals(found->value, "content-type");
    }
    const std::string_view name = trim(!plain.empty() ? plain
                                       : content_type ? in_content
                                                      : std::string_view());
    const mail::CharsetName& charset = mail::find_charset(name);
    if (charset.labels.empty() || !is_plain(name)) return {};
    // Bytes in which a declaration can be read are not UTF-16.
    return charset.kind == mail::CharsetKind::wide ? "utf-8" : to_lower(name);
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::string html_charset(std::string_view bytes) {
  constexpr std::size_t kPrescanned = 1024;
  return Prescan(bytes.substr(0, kPrescanned)).charset();
}

}  // namespace xspamd
