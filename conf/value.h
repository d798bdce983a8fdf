// Value: configuration as data, free of the TOML library, each value with the place it was written.
// Problem: what is wrong with it, in words the postmaster can act on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace xspamd::conf {

// Where a value was written: a file with line and column (from 1; 0: the whole line), "-o", or "built-in"
// with line 0.
struct Origin {
  std::string file = "built-in";
  int line = 0;
  int column = 0;
};
std::string to_string(const Origin& origin);  // "xspamd.toml:4:7", "-o", "built-in"
bool is_built_in(const Origin& origin);       // "built-in" itself or a shipped file, "built-in/NAME"

struct Value;
using Array = std::vector<Value>;
using Table = std::map<std::string, Value, std::less<>>;

struct Value {
  std::variant<bool, std::int64_t, double, std::string, Array, Table> data = false;
  Origin origin;

  const Table* table() const { return std::get_if<Table>(&data); }
  const Array* array() const { return std::get_if<Array>(&data); }
  const std::string* string() const { return std::get_if<std::string>(&data); }
};
std::string type_name(const Value& value);  // "a string", "an integer", ...
std::string to_toml(const Value& value);    // on one line, as TOML would write it
std::string to_key(std::string_view name);  // bare where TOML allows it, else in quotes

struct Problem {
  Origin origin;
  std::string sentence;  // names the key, what was expected and the nearest valid name
  bool warning = false;  // a warning lets the start go on
};
std::string to_string(const Problem& problem);  // "xspamd.toml:4:7: unknown key ..."

class Problems {
 public:
  void error(const Origin& origin, std::string sentence) {
    list_.push_back({origin, std::move(sentence), false});
  }
  void warn(const Origin& origin, std::string sentence) {
    list_.push_back({origin, std::move(sentence), true});
  }
  bool failed() const;
  const std::vector<Problem>& list() const { return list_; }

 private:
  std::vector<Problem> list_;
};

}  // namespace xspamd::conf
