// The structure of messages, the bytes of their leaves and the names of their files, as mail-parser (JSON)
// and mime4j (XML) expect them; and fields with parameters as mail-parser reads them. A case is a message and
// an aspect of it: "mail-parser/rfc/002.crlf leaf 1.2".
//
// What is made equal before it is compared, as the two differ there from each other or from us by design:
// - line ends of text: both keep or change them as their options say;
// - a multipart that never meets its boundary counts as the type it declares: here it is shown as text;
// - mail-parser does not undo uuencode, and gives what is no base64 as it came: then the encoded body is
// compared;
// - where mail-parser has U+FFFD for what its charset does not know, only ASCII is compared: here
// windows-1252 is tried;
// - an mbox line in front of a message is taken off, as it is from a request;
// - files uuencoded inside a text are parts of their own for neither.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proto/base/text.h"
#include "proto/mail/mime.h"
#include "proto/mail/part_header.h"
#include "tests/suites/suite.h"
#include "tests/support/line_ends.h"

namespace xspamd::suites {

namespace {

using Json = nlohmann::json;

struct Leaf {
  std::string bytes;
  bool is_text = false;
  bool is_utf8 = false;     // the text was converted
  bool as_it_came = false;  // not decoded
  std::string name;
  bool has_name = false;
};

// What a suite expects of a message.
struct Expected {
  std::string tree;
  std::map<std::string, Leaf> leaves;  // by path
};

std::string with_lf(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') lines += text[i];
  }
  return lines;
}

std::string ascii_of(std::string_view text) {
  std::string ascii;
  std::copy_if(text.begin(), text.end(), std::back_inserter(ascii), [](char c) { return c > 0; });
  return ascii;
}

// "a/b(c/d,e/f)"
std::string node(const std::string& type, const std::vector<std::string>& children) {
  return children.empty() ? type : fmt::format("{}({})", type, fmt::join(children, ","));
}

// A message as it was read.
class Got {
 public:
  explicit Got(const std::string& bytes) : bytes_(bytes) {
    mime_ = parse_mime(bytes_, parse_header(bytes_, limits_.headers), limits_, charsets_);
    children_.resize(mime_.parts.size());
    for (std::size_t i = 1; i < mime_.parts.size(); ++i) {
      const Part& part = mime_.parts[i];
      if (mime_.parts[part.parent].is_text()) continue;
      children_[part.parent].push_back(i);
      paths_[i] = paths_[part.parent] + "." + std::to_string(children_[part.parent].size());
    }
    paths_[0] = "1";
    for (auto& [index, path] : paths_)
      if (index > 0) by_path_["1" + path] = index;
    by_path_["1"] = 0;
  }

  std::string tree(std::size_t index = 0) {
    std::vector<std::string> below;
    for (const std::size_t child : children_[index])
      below.push_back(tree(child));
    return node(type(index), below);
  }

  const Part* at(const std::string& path) const {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? nullptr : &mime_.parts[found->second];
  }

  std::string utf8(const std::string& bytes, const std::string& charset) {
    return charsets_.to_utf8(bytes, charset);
  }

 private:
  std::string type(std::size_t index) {
    const Part& part = mime_.parts[index];
    if (!part.defects.has(Defect::no_boundary)) return part.type;
    for (const Field& field : part.header.fields) {
      if (iequals(field.name, "content-type")) return mail::parse_content_field(field.value, charsets_).value;
    }
    return part.type;
  }

  std::string bytes_;
  Limits limits_;
  mail::Charsets charsets_;
  Mime mime_;
  std::vector<std::vector<std::size_t>> children_;
  std::map<std::size_t, std::string> paths_;
  std::map<std::string, std::size_t> by_path_;
};

void compare_leaf(Suite& suite, const std::string& id, const Leaf& want, Got& got, const Part& part) {
  const std::string bytes =
      want.as_it_came ? std::string(part.body) : decoded_body(part, part.body.size() + 1);
  if (want.is_text) {
    std::string text = with_lf(want.is_utf8 ? got.utf8(bytes, part.charset) : bytes);
    std::string wanted = with_lf(want.bytes);
    if (wanted.find("\xEF\xBF\xBD") != std::string::npos) {
      text = ascii_of(text);
      wanted = ascii_of(wanted);
    }
    suite.check(id, text, wanted);
  } else {
    suite.check(id, bytes, want.bytes);
  }
}

void compare(Suite& suite, const std::string& id, const std::string& message, const Expected& want) {
  Got got(message);
  const std::string tree = got.tree();
  suite.check(id + " tree", tree, want.tree);
  if (tree != want.tree) return;  // paths do not name the same parts
  for (const auto& [path, leaf] : want.leaves) {
    const Part* part = got.at(path);
    if (part == nullptr) continue;
    compare_leaf(suite, id + " leaf " + path, leaf, got, *part);
    if (!leaf.has_name) continue;
    const bool ascii_only = leaf.name.find("\xEF\xBF\xBD") != std::string::npos;
    suite.check(id + " name " + path, ascii_only ? ascii_of(part->file_name) : part->file_name,
                ascii_only ? ascii_of(leaf.name) : leaf.name);
  }
}

// --- mail-parser ---

std::string text_or(const Json& value, const char* key, const std::string& fallback = "") {
  return value.is_object() && value.contains(key) && value[key].is_string() ? value[key].get<std::string>()
                                                                            : fallback;
}

// The value of the last such header, as mail-parser takes it. Null where there is none or it is empty.
Json header_of(const Json& part, const char* name) {
  Json found;
  for (const Json& header : part["headers"]) {
    if (header["name"] == name && header["value"].is_object()) found = header["value"];
  }
  return found;
}

Json content_of(const Json& part, const char* name) {
  const Json header = header_of(part, name);
  return header.is_object() && header.contains("ContentType") ? header["ContentType"] : Json::object();
}

std::string attribute_of(const Json& content, const std::string& name) {
  if (!content.is_object() || !content.value("attributes", Json()).is_array()) return "";
  for (const Json& attribute : content["attributes"]) {
    if (attribute["name"] == name) return attribute["value"].get<std::string>();
  }
  return "";
}

std::string bytes_of(const Json& numbers) {
  std::string bytes;
  for (const Json& number : numbers)
    bytes += static_cast<char>(number.get<int>());
  return bytes;
}

class MailParserReader {
 public:
  Expected read(const Json& message) {
    expected_.tree = part(message, 0, "1");
    return std::move(expected_);
  }

 private:
  std::string part(const Json& message, std::size_t index, const std::string& path) {
    const Json& json = message["parts"][index];
    const Json& body = json["body"];
    const Json content = content_of(json, "content_type");
    const bool holds_message = body.contains("Message");
    const std::string main = text_or(content, "c_type");
    const std::string sub = text_or(content, "c_subtype");
    const std::string undeclared = holds_message ? "message/rfc822" : "text/plain";
    const std::string type = main.empty() || sub.empty() ? undeclared : to_lower(main + "/" + sub);
    std::vector<std::string> children;
    if (body.contains("Multipart")) {
      for (const Json& child : body["Multipart"])
        children.push_back(part(message, child, fmt::format("{}.{}", path, children.size() + 1)));
    } else if (holds_message) {
      children.push_back(part(body["Message"], 0, path + ".1"));
    } else {
      leaf(json, content, path);
    }
    return node(type, children);
  }

  void leaf(const Json& json, const Json& content, const std::string& path) {
    const auto body = json["body"].begin();
    Leaf leaf;
    leaf.is_text = leaf.is_utf8 = body->is_string();
    leaf.bytes = leaf.is_text ? body->get<std::string>() : bytes_of(*body);
    const std::string encoding = to_lower(text_or(header_of(json, "content_transfer_encoding"), "Text"));
    leaf.as_it_came = encoding.find("uu") != std::string::npos ||
                      (encoding == "base64" && json["is_encoding_problem"].get<bool>());
    const Json disposition = content_of(json, "content_disposition");
    leaf.name = attribute_of(disposition, "filename");
    if (leaf.name.empty()) leaf.name = attribute_of(content, "name");
    leaf.has_name = true;
    expected_.leaves[path] = std::move(leaf);
  }

  Expected expected_;
};

void mail_parser_messages(Suite& suite) {
  const std::string base = "mime/mail-parser/eml/";
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder() + base)) {
    if (file.path().extension() != ".eml") continue;
    names.push_back(file.path().parent_path().filename().string() + "/" + file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const std::string message = read(base + name + ".eml");
    std::string without_cr = message;
    without_cr.erase(std::remove(without_cr.begin(), without_cr.end(), '\r'), without_cr.end());
    compare(suite, "mail-parser/" + name, without_cr,
            MailParserReader().read(Json::parse(read(base + name + ".json"))));
    compare(suite, "mail-parser/" + name + ".crlf", test::with_crlf(message),
            MailParserReader().read(Json::parse(read(base + name + ".crlf.json"))));
  }
}

// "text/plain charset=utf-8 ...", without the languages, which are not kept. Nothing for what has no type.
std::string content_field(const std::string& value, std::vector<std::string> parameters) {
  std::sort(parameters.begin(), parameters.end());
  return fmt::format("{} [{}]", value, fmt::join(parameters, "] ["));
}

void mail_parser_fields(Suite& suite) {
  mail::Charsets charsets;
  const Json cases = Json::parse(read("mime/mail-parser/content_type.json"));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto field = mail::parse_content_field(cases[i]["header"].get<std::string>(), charsets);
    const Json& want = cases[i]["expected"];
    std::vector<std::string> got_parameters;
    for (const auto& parameter : field.parameters)
      got_parameters.push_back(parameter.name + "=" + parameter.value);
    const std::string id = fmt::format("mail-parser/content_type {}", i);
    if (!want.is_object() || !want.contains("c_type"))
      continue;  // mail-parser gives nothing: nothing to compare
    std::vector<std::string> parameters;
    const Json attributes = want.value("attributes", Json());
    for (const Json& attribute : attributes.is_array() ? attributes : Json::array()) {
      std::string text = attribute[1].get<std::string>();
      text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
      const std::string name = attribute[0].get<std::string>();
      if (!name.ends_with("-language")) parameters.push_back(name + "=" + text);
    }
    const std::string sub = text_or(want, "c_subtype");
    const bool has_slash = !sub.empty() || !field.value.ends_with('/');
    const std::string type = to_lower(text_or(want, "c_type") + (sub.empty() ? "" : "/" + sub));
    suite.check(id,
                content_field(has_slash ? field.value : field.value.substr(0, field.value.size() - 1),
                              got_parameters),
                content_field(type, parameters));
  }
}

// --- mime4j ---

std::string unescape_xml(std::string text) {
  constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
  for (const auto& [entity, c] : kEntities) {
    std::size_t at = 0;
    while ((at = text.find(entity, at)) != std::string::npos)
      text.replace(at++, entity.size(), 1, c);
  }
  return text;
}

// A parameter in plain quotes; nothing where it needs to be decoded.
std::string plain_parameter(const std::string& field, const std::string& name) {
  const std::size_t at = ifind(field, name + "=\"");
  if (at == std::string::npos || at == 0 || field[at - 1] == '*' ||
      !(is_space(field[at - 1]) || field[at - 1] == ';')) {
    return "";
  }
  const std::size_t begin = at + name.size() + 2;
  const std::string value = field.substr(begin, field.find('"', begin) - begin);
  return value.find("=?") == std::string::npos && value.find('\\') == std::string::npos ? value : "";
}

// Reads the elements that matter, in order, with a stack of the open ones.
class Mime4jReader {
 public:
  explicit Mime4jReader(std::string folder) : folder_(std::move(folder)) {}

  Expected read(const std::string& xml) {
    std::size_t at = 0;
    while ((at = xml.find('<', at)) != std::string::npos) {
      const std::size_t end = xml.find('>', at);
      const std::string tag = xml.substr(at + 1, end - at - 1);
      at = end + 1;
      if (tag == "message" || tag == "body-part") begin(tag);
      if (tag == "/message" || tag == "/body-part") finish();
      if (tag == "multipart") entities_.back().is_multipart = true;
      if (tag == "field") field(unescape_xml(xml.substr(at, xml.find('<', at) - at)));
      if (tag.starts_with("text-body") || tag.starts_with("binary-body")) leaf(tag);
    }
    return std::move(expected_);
  }

 private:
  struct Entity {
    std::string path, type, type_name, file_name;
    bool is_multipart = false;
    std::vector<std::string> children;
  };

  void begin(const std::string& tag) {
    if (entities_.empty()) {
      entities_.push_back({"1", "", "", "", false, {}});
      return;
    }
    Entity& around = entities_.back();
    if (tag == "message" && around.type.empty()) around.type = "message/rfc822";
    entities_.push_back(
        {around.path + "." + std::to_string(around.children.size() + 1), "", "", "", false, {}});
  }

  void finish() {
    Entity entity = std::move(entities_.back());
    entities_.pop_back();
    const std::string text = node(entity.type.empty() ? "text/plain" : entity.type, entity.children);
    if (entities_.empty()) {
      expected_.tree = text;
    } else {
      entities_.back().children.push_back(text);
    }
  }

  void field(const std::string& text) {
    Entity& entity = entities_.back();
    const std::string_view line = trim(text);
    if (istarts_with(line, "content-type:") && entity.type.empty()) {
      const std::string_view value = line.substr(line.find(':') + 1);
      entity.type = to_lower(trim(value.substr(0, value.find(';'))));
      if (entity.type.find('/') == std::string::npos) entity.type = "text/plain";
      entity.type_name = plain_parameter(text, "name");
    }
    if (istarts_with(line, "content-disposition:")) entity.file_name = plain_parameter(text, "filename");
  }

  void leaf(const std::string& tag) {
    const Entity& entity = entities_.back();
    const std::size_t begin = tag.find("name=\"") + 6;
    Leaf leaf;
    leaf.bytes = suites::read(folder_ + tag.substr(begin, tag.find('"', begin) - begin));
    leaf.is_text = tag.starts_with("text");
    leaf.name = entity.file_name.empty() ? entity.type_name : entity.file_name;
    leaf.has_name = !leaf.name.empty();
    expected_.leaves[entity.path] = std::move(leaf);
  }

  std::string folder_;
  std::vector<Entity> entities_;
  Expected expected_;
};

void mime4j_messages(Suite& suite) {
  for (const std::string part : {"testmsgs/", "mimetools-testmsgs/"}) {
    const std::string base = "mime/mime4j/" + part;
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(folder() + base)) {
      if (file.path().extension() == ".msg") names.push_back(file.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      const Expected expected = Mime4jReader(base).read(read(base + name + "_decoded.xml"));
      const std::string message = read(base + name + ".msg");
      compare(suite, "mime4j/" + part + name, message.substr(mail::mbox_line(message)), expected);
    }
  }
}

}  // namespace

void mime_structure(Suite& suite) {
  mail_parser_messages(suite);
  mail_parser_fields(suite);
  mime4j_messages(suite);
}

}  // namespace xspamd::suites
