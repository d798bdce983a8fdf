// URLs by the tests of WHATWG (urltestdata.json), punycode and IDNA, and the registered domains of
// SpamAssassin's.
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/punycode.h"
#include "proto/base/suffix.h"
#include "proto/base/text.h"
#include "proto/base/utf8.h"
#include "proto/mail/url.h"
#include "tests/suites/suite.h"

namespace xspamd::suites {

namespace {

using Json = nlohmann::json;

// An attribute of the API class: empty, or with the delimiter in front.
std::string delimited(char delimiter, const std::string& text) {
  return text.empty() ? "" : delimiter + text;
}

std::string shown(const std::optional<ParsedUrl>& url) {
  if (!url) return "failure";
  const std::string port = url->port ? std::to_string(*url->port) : "";
  Json parts;
  parts["href"] = url->href();
  parts["protocol"] = url->scheme + ":";
  parts["username"] = url->user;
  parts["password"] = url->password;
  parts["host"] = url->host + delimited(':', port);
  parts["hostname"] = url->host;
  parts["port"] = port;
  parts["pathname"] = url->path;
  parts["search"] = delimited('?', url->query);
  parts["hash"] = delimited('#', url->fragment);
  return parts.dump();
}

std::string wanted(Json test) {
  if (test.contains("failure")) return "failure";
  for (const char* other : {"input", "base", "origin", "searchParams", "comment"})
    test.erase(other);
  return test.dump();
}

void urls(Suite& suite) {
  for (const Json& test : Json::parse(read("url-html/whatwg/urltestdata.json"))) {
    if (!test.is_object()) continue;
    const auto input = test["input"].get<std::string>();
    std::optional<ParsedUrl> base;
    std::string id = input;
    if (test["base"].is_string()) {
      base = parse_url(test["base"].get<std::string>());
      id += " on " + test["base"].get<std::string>();
    }
    const bool relative = test["base"].is_string();
    const auto url = relative && !base ? std::nullopt : parse_url(input, base ? &*base : nullptr);
    suite.check(id, shown(url), wanted(test));
  }
}

// "\u0061" and "\x{10FFFF}" in IdnaTestV2.txt; nothing if one is no character.
std::optional<std::string> unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const bool braced = text.starts_with("\\x{");
    if (!braced && !text.starts_with("\\u")) {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = braced ? text.find('}') + 1 : 6;
    const std::size_t begin = braced ? 3 : 2;
    const std::string digits(text.substr(begin, end - begin - (braced ? 1 : 0)));
    const auto value = static_cast<char32_t>(std::stoul(digits, nullptr, 16));
    if (value >= 0xD800 && value <= 0xDFFF) return std::nullopt;
    append_code_point(plain, value);
    text.remove_prefix(end);
  }
  return plain;
}

enum class Status { fine, bidi, error };

// What the status of a line means with the flags that URLs use: hyphens, lengths and the ASCII characters of
// STD 3 are not checked.
Status status_of(std::string_view field) {
  constexpr std::string_view kUnchecked[] = {"V2", "V3", "A4_1", "A4_2", "U1", "X4_2"};
  Status status = Status::fine;
  if (field.size() < 2) return status;
  for (std::string_view code : split(field.substr(1, field.size() - 2), ',')) {
    code = trim(code);
    if (code.empty() || std::count(std::begin(kUnchecked), std::end(kUnchecked), code) != 0) continue;
    if (!code.starts_with('B')) return Status::error;
    status = Status::bidi;
  }
  return status;
}

// One line: "source; toUnicode; its status; toAsciiN; its status; ...". An empty field is the one before it
// of its kind, "" an empty text.
void idna_line(Suite& suite, std::string_view line) {
  auto fields = split(line, ';');
  for (std::string_view& field : fields)
    field = trim(field);
  const std::string_view ascii = !fields[3].empty() ? fields[3] : !fields[1].empty() ? fields[1] : fields[0];
  const Status status = status_of(fields[4].empty() ? fields[2] : fields[4]);
  const auto source = unescaped(fields[0]);
  const auto want = unescaped(ascii);
  // libidn2 checks the bidi rule in each label by itself; DNS and mail do not ask for more.
  if (!source || !want || source == "\"\"" || status == Status::bidi) return;
  const bool forbidden = want->find_first_of(" #/:<>?@[\\]^|%") != std::string::npos;
  UrlTricks tricks;
  const std::string got = normal_host(*source, tricks);
  suite.check("idna " + std::string(fields[0]), got, status == Status::error || forbidden ? "" : *want);
}

void idna(Suite& suite) {
  const std::string tests = read("url-html/whatwg/IdnaTestV2.txt");
  for (std::string_view line : split(tests, '\n')) {
    line = trim(line.substr(0, line.find('#')));
    if (!line.empty()) idna_line(suite, line);
  }
}

std::string utf8(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text)
    append_code_point(out, c);
  return out;
}

void punycode(Suite& suite) {
  for (const Json& test : Json::parse(read("url-html/whatwg/punycode_tests.json"))) {
    const auto encoded = test["encoded"].get<std::string>();
    const auto decoded = decode_punycode(encoded);
    suite.check("punycode " + encoded, decoded ? utf8(*decoded) : "failure",
                test["decoded"].get<std::string>());
    suite.check("to punycode " + encoded, encode_punycode(decoded.value_or(U"")).value_or("failure"),
                encoded);
  }
}

// A URI as it stands, or a host name that is one for its top-level domain.
std::string domain_of(const std::string& uri, const Suffixes& suffixes) {
  for (const std::string& text : {uri, "http://" + uri}) {
    const auto parsed = parse_url(text);
    const auto url = parsed ? make_url(*parsed, suffixes) : std::nullopt;
    if (url && (text == uri || suffixes.is_known_tld(url->host))) return url->domain;
  }
  return "";
}

void domains(Suite& suite) {
  const Suffixes suffixes(read("psl/public_suffix_list.dat"));
  for (const Json& test : Json::parse(read("url-html/sa-uri-to-domain.json"))) {
    const auto uri = test["uri"].get<std::string>();
    const Json& want = test["registered_domain"];
    suite.check(uri, domain_of(uri, suffixes), want.is_string() ? want.get<std::string>() : "");
  }
}

}  // namespace

void url_parsing(Suite& suite) {
  urls(suite);
  idna(suite);
  punycode(suite);
  domains(suite);
}

}  // namespace xspamd::suites
