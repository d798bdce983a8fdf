// How well near copies of a text are found by its shingles, how often unrelated texts are, and what it costs.
//   xspamd_fuzzy_bench FOLDER
// FOLDER holds ham/ and spam/, a message a file. All spam is stored; of every spam copies are made by chance
// that is the same in every run (words replaced, a salutation, a footer, HTML around the words), and all ham
// is looked for too. A text is taken for a copy from so many common minima on as the columns say.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/fuzzy/digests.h"
#include "rules/fuzzy/shingles.h"

using namespace xspamd;

namespace {

constexpr std::size_t kBounds[] = {12, 14, 16, 18, 20, 24};

double seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Stored {
  std::string path;
  std::string text;
  fuzzy::Shingles shingles;
};

std::unique_ptr<const Message> parsed(std::string bytes) {
  static const Suffixes suffixes;
  return parse_message(std::move(bytes), Limits{}, suffixes);
}

struct Corpus {
  std::vector<Stored> texts;
  std::set<std::string> exact;  // ids of short texts and files
  std::size_t messages = 0, bytes = 0;
  double time = 0;
};

Corpus read_folder(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  Corpus corpus;
  for (const std::string& path : files) {
    std::ifstream file(path, std::ios::binary);
    const auto message = parsed({std::istreambuf_iterator<char>(file), {}});
    const double began = seconds();
    const auto digests = fuzzy::digests_of(*message);
    corpus.time += seconds() - began;
    ++corpus.messages;
    corpus.bytes += message->raw().size();
    for (const fuzzy::Digest& digest : digests) {
      if (digest.shingles)
        corpus.texts.push_back({path, std::string(fuzzy::message_text(*message)), *digest.shingles});
      else
        corpus.exact.insert(digest.id);
    }
  }
  return corpus;
}

using Chance = std::mt19937;
using Words = std::vector<std::string>;

std::string random_word(Chance& chance) {
  std::string word;
  for (std::size_t i = 4 + chance() % 6; i > 0; --i)
    word += static_cast<char>('a' + chance() % 26);
  return word;
}

Words replaced(Words words, Chance& chance, std::size_t percent) {
  for (std::string& word : words)
    if (chance() % 100 < percent) word = random_word(chance);
  return words;
}

Words personal(Words words, Chance& chance) {
  Words copy{"Dear", random_word(chance), random_word(chance) + ",", "order", std::to_string(chance())};
  for (std::string& word : words) {
    const bool has_digit = std::any_of(word.begin(), word.end(), [](char c) { return is_digit(c); });
    copy.push_back(has_digit ? std::to_string(chance() % 10'000) : word);
  }
  copy.push_back("http://" + random_word(chance) + ".example/?id=" + random_word(chance));
  return copy;
}

Words with_footer(Words words, Chance& chance) {
  for (int i = 0; i < 25; ++i)
    words.push_back(random_word(chance));
  return words;
}

std::string as_text(const Words& words) {
  return fmt::format("Content-Type: text/plain; charset=utf-8\n\n{}\n", fmt::join(words, " "));
}

std::string as_html(const Words& words, Chance& chance) {
  std::string html = "Content-Type: text/html; charset=utf-8\n\n<html><body><table><tr><td>";
  for (const std::string& word : words) {
    for (const char c : word)
      html += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    constexpr std::string_view kBetween[] = {" ",           "\n", " <b>", "</b> ", "<br>", "</p><p class=x>",
                                             " <!-- x --> "};
    html += kBetween[chance() % std::size(kBetween)];
  }
  return html + "</table></body></html>\n";
}

struct Kind {
  std::string_view name;
  std::string (*make)(const Words& words, Chance& chance);
};
constexpr Kind kKinds[] = {{"as it is",
                            [](const Words& words, Chance&) {
                              return as_text(words);
                            }},
                           {"HTML around it",
                            [](const Words& words, Chance& chance) {
                              return as_html(words, chance);
                            }},
                           {"personalised",
                            [](const Words& words, Chance& chance) {
                              return as_text(personal(words, chance));
                            }},
                           {"25 words added",
                            [](const Words& words, Chance& chance) {
                              return as_text(with_footer(words, chance));
                            }},
                           {"2 % of words replaced",
                            [](const Words& words, Chance& chance) {
                              return as_text(replaced(words, chance, 2));
                            }},
                           {"5 %",
                            [](const Words& words, Chance& chance) {
                              return as_text(replaced(words, chance, 5));
                            }},
                           {"10 %",
                            [](const Words& words, Chance& chance) {
                              return as_text(replaced(words, chance, 10));
                            }},
                           {"20 %",
                            [](const Words& words, Chance& chance) {
                              return as_text(replaced(words, chance, 20));
                            }},
                           {"personalised, 5 %, HTML, 25 words", [](const Words& words, Chance& chance) {
                              return as_html(
                                  with_footer(replaced(personal(words, chance), chance, 5), chance), chance);
                            }}};

Words words_of(const std::string& text) {
  Words words;
  for (const std::string_view line : split(text, '\n'))
    for (const std::string_view word : split(line, ' '))
      if (!word.empty()) words.emplace_back(word);
  return words;
}

void print_row(std::string_view name, const std::vector<std::size_t>& commons) {
  std::string row = fmt::format("| {} |", name);
  for (const std::size_t bound : kBounds) {
    const auto found =
        std::count_if(commons.begin(), commons.end(), [&](std::size_t c) { return c >= bound; });
    row +=
        fmt::format(" {:.1f} % |", 100.0 * static_cast<double>(found) / static_cast<double>(commons.size()));
  }
  fmt::print("{}\n", row);
}

void measure_copies(const Corpus& spam, const Kind& kind) {
  Chance chance(1);
  std::vector<std::size_t> commons;
  for (const Stored& stored : spam.texts) {
    const auto copy = parsed(kind.make(words_of(stored.text), chance));
    const auto shape = fuzzy::text_shape(fuzzy::message_text(*copy));
    commons.push_back(shape.shingles ? fuzzy::common(*shape.shingles, stored.shingles) : 0);
  }
  print_row(kind.name, commons);
}

void measure_others(std::string_view name, const Corpus& stored, const Corpus& others, bool show) {
  std::vector<std::size_t> commons;
  for (const Stored& other : others.texts) {
    std::size_t most = 0;
    const Stored* nearest = nullptr;
    for (const Stored& each : stored.texts) {
      if (each.path == other.path) continue;
      const std::size_t common = fuzzy::common(each.shingles, other.shingles);
      if (common > most) {
        most = common;
        nearest = &each;
      }
    }
    commons.push_back(most);
    if (show && most >= kBounds[0]) fmt::print("  {:2} {} {}\n", most, other.path, nearest->path);
  }
  print_row(name, commons);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: xspamd_fuzzy_bench FOLDER [--show]\n");
    return 64;
  }
  const std::string folder = argv[1];
  const Corpus spam = read_folder(folder + "/spam");
  const Corpus ham = read_folder(folder + "/ham");
  const auto messages = spam.messages + ham.messages;
  fmt::print(
      "{} messages of {:.1f} KB, {:.1f} us each; texts that have shingles: {} of {} spam, {} of {} ham\n",
      messages, static_cast<double>(spam.bytes + ham.bytes) / 1e3 / static_cast<double>(messages),
      (spam.time + ham.time) * 1e6 / static_cast<double>(messages), spam.texts.size(), spam.messages,
      ham.texts.size(), ham.messages);
  const auto both = std::count_if(ham.exact.begin(), ham.exact.end(),
                                  [&](const std::string& id) { return spam.exact.contains(id); });
  fmt::print("other digests, of short texts and files: {} of spam, {} of ham, {} of both\n",
             spam.exact.size(), ham.exact.size(), both);
  fmt::print("| found of |");
  for (const std::size_t bound : kBounds)
    fmt::print(" {} of {} |", bound, fuzzy::kShingles);
  fmt::print("\n");
  for (const Kind& kind : kKinds)
    measure_copies(spam, kind);
  measure_others("other spam", spam, spam, argc > 2);
  measure_others("ham", spam, ham, argc > 2);
  return 0;
}
