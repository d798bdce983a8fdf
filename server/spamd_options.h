// The command line of spamd 4.0.1, as init scripts and SpamAssassin's own tests write it: each option sets
// keys of our configuration, or does nothing and says so. Read as spamd reads it (Perl's Getopt::Long):
// letters may be bundled, long names cut short where they stay unique, and "no" turns some off. Pure, a
// table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd {

struct SpamdSettings {
  enum class Wish { serve, help, version };

  Wish wish = Wish::serve;
  bool daemonize = false;
  std::string config;                  // --config, ours; empty: the usual file
  std::vector<std::string> overrides;  // key=value as for -o; later ones count
  std::vector<std::string> notes;      // what was given and does nothing, a line each
  std::string user, group;             // -u and -g, also in `overrides`
};

// `folder` is what relative paths start from: a daemon leaves it. Fails with a sentence that names the
// option.
Result<SpamdSettings> parse_spamd_options(std::span<const std::string> words, std::string_view folder);

// One line an option: its names, and what becomes of it.
std::string spamd_options_help();

}  // namespace xspamd
