// HTML as a reader of mail sees it: the visible text, what the sender hid from the reader, and everything
// that leads somewhere. Made for filtering: styles are followed where spammers use them (inline styles,
// attributes, and simple rules of <style>), nothing is laid out. One pass over the tokens, a second one where
// rules or the root's attributes stand behind what they hold for; no tree but a stack of open elements,
// bounded by Limits::html_depth. Never fails, linear.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd {

// Why text is hidden; several may hold, the first found is kept.
enum class Hiding { none, display, visibility, font_size, colour, opacity, zero_size, off_screen, attribute };
std::string_view name(Hiding hiding);

struct HtmlLink {
  enum class Kind { anchor, area, image, form, frame, background, refresh, style, object, other };

  Kind kind = Kind::anchor;
  std::string target;  // the attribute's value with references decoded, white space at its ends removed
  std::string text;    // of an anchor: what the reader sees of it, white space folded; the alt of an image
  bool hidden = false;
  std::size_t text_at = 0;  // offset in the visible text where it stands
};
std::string_view name(HtmlLink::Kind kind);

struct HtmlImage {
  std::string source;  // "cid:...", "data:..." and URLs
  std::string alt;
  int width = -1;  // in CSS pixels; -1: not told; percentages and other units: not told
  int height = -1;
  bool hidden = false;
};

struct Html {
  std::string visible;  // folded as fold_white_space() does; block elements and <br> end lines: paragraphs
                        // are ended by LF
  std::string hidden;   // likewise, what is hidden
  std::string title;
  std::string base;             // of <base href>, empty if there is none
  std::vector<HtmlLink> links;  // at most `most_links`
  std::vector<HtmlImage> images;
  std::size_t link_count = 0;    // of all, those over the limit included
  std::size_t tags = 0;          // start tags
  std::size_t unknown_tags = 0;  // of no HTML and without a colon
  std::size_t comments = 0;
  std::size_t comment_bytes = 0;
  std::size_t forms = 0;
  std::size_t inputs = 0;
  std::size_t password_inputs = 0;
  std::size_t scripts = 0;
  std::size_t event_handlers = 0;  // on... attributes
  std::size_t frames = 0;
  std::size_t objects = 0;     // object, embed, applet
  std::size_t unbalanced = 0;  // end tags without their start
  std::size_t meta_refreshes = 0;
  std::size_t hidden_characters[9] = {};  // of the hidden text, by Hiding
  bool has_html_tag = false;
  bool over_depth = false;
};

struct HtmlLimits {
  std::size_t depth = 256;   // Limits::html_depth
  std::size_t links = 2000;  // Limits::urls
};

Html read_html(std::string_view utf8, const HtmlLimits& limits);

}  // namespace xspamd
