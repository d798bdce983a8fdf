// How fast messages are read, on one core, and where the time goes.
//   xspamd_parse FOLDER [ROUNDS]    every file below FOLDER is a message
// Prints a table of the stages, each measured alone on what the stage before gave, then the whole reading.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "proto/mail/url_find.h"

using namespace xspamd;

namespace {

// Processor time of this thread: other programs on the machine cost less of it than of the clock on the wall.
double seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Corpus {
  std::vector<std::string> messages;
  std::vector<std::unique_ptr<const Message>> read;
  std::size_t bytes = 0;
};

Corpus load(const std::string& folder, const Suffixes& suffixes) {
  Corpus corpus;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    corpus.messages.push_back(contents(entry.path()));
    corpus.bytes += corpus.messages.back().size();
    corpus.read.push_back(parse_message(corpus.messages.back(), Limits{}, suffixes));
  }
  return corpus;
}

// What a stage returns is summed so that no compiler leaves the work out.
struct Stage {
  std::string_view name;
  std::function<std::size_t(const Corpus&, std::size_t place)> run;
};

std::vector<Stage> stages(const Suffixes& suffixes) {
  return {
      {"fields",
       [](const Corpus& c, std::size_t i) {
         return parse_header(c.messages[i], Limits{}.headers).count;
       }},
      {"fields, parts",
       [](const Corpus& c, std::size_t i) {
         mail::Charsets charsets;
         return parse_mime(c.messages[i], parse_header(c.messages[i], Limits{}.headers), Limits{}, charsets)
             .parts.size();
       }},
      {"transfer encodings",
       [](const Corpus& c, std::size_t i) {
         std::size_t sum = 0;
         for (const Part& part : c.read[i]->parts())
           if (!part.is_container()) sum += decoded_body(part, Limits{}.message).size();
         return sum;
       }},
      {"HTML",
       [](const Corpus& c, std::size_t i) {
         std::size_t sum = 0;
         for (const Text& text : c.read[i]->texts())
           if (text.is_html) sum += read_html(text.source, {}).visible.size();
         return sum;
       }},
      {"charsets and folding of the text seen",
       [](const Corpus& c, std::size_t i) {
         std::size_t sum = 0;
         mail::Charsets charsets;
         for (const Text& text : c.read[i]->texts())
           sum += fold_white_space(text_to_utf8(text.visible, "", charsets)).size();
         return sum;
       }},
      {"counting",
       [](const Corpus& c, std::size_t i) {
         std::size_t sum = 0;
         for (const Text& text : c.read[i]->texts())
           sum += count_text(text.visible).words;
         return sum;
       }},
      {"URLs in text",
       [&suffixes](const Corpus& c, std::size_t i) {
         std::size_t sum = 0;
         for (const Text& text : c.read[i]->texts())
           sum += find_urls(text.visible, Limits{}.urls, suffixes).size();
         return sum;
       }},
      {"all of it",
       [&suffixes](const Corpus& c, std::size_t i) {
         return parse_message(c.messages[i], Limits{}, suffixes)->urls().size();
       }},
  };
}

void measure(const Stage& stage, const Corpus& corpus, int rounds) {
  double best = 1e9;
  std::size_t sum = 0;
  for (int round = 0; round < rounds; ++round) {
    const double began = seconds();
    for (std::size_t i = 0; i < corpus.messages.size(); ++i)
      sum += stage.run(corpus, i);
    best = std::min(best, seconds() - began);
  }
  const double each = best * 1e6 / static_cast<double>(corpus.messages.size());
  fmt::print("| {} | {:.1f} | {:.0f} | {} |\n", stage.name, each,
             static_cast<double>(corpus.bytes) / best / 1e6, sum / static_cast<std::size_t>(rounds));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: xspamd_parse FOLDER [ROUNDS]\n");
    return 64;
  }
  const auto rounds = argc > 2 ? parse_unsigned(argv[2]) : 5;
  const Suffixes suffixes(
      contents("/usr/share/publicsuffix/public_suffix_list.dat"));  // as the server has it
  const Corpus corpus = load(argv[1], suffixes);
  if (corpus.messages.empty() || !rounds || *rounds == 0) return 64;
  fmt::print("{} messages, {} bytes on average, best of {} rounds\n\n", corpus.messages.size(),
             corpus.bytes / corpus.messages.size(), *rounds);
  fmt::print("| stage | µs a message | MB/s of message | sum |\n|---|---|---|---|\n");
  for (const Stage& stage : stages(suffixes))
    measure(stage, corpus, static_cast<int>(*rounds));
  return 0;
}
