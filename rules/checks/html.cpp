// HTML that hides, shows pictures in the place of text, or leads elsewhere than it says.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/check.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 13> kSymbols{
    {{"R_EMPTY_IMAGE", Points{2000}, "The message is a picture with hardly any text"},
     {"R_WHITE_ON_WHITE", Points{4000}, "Text has the colour of its background, so that nobody sees it"},
     {"ZERO_FONT", Points{1000}, "Text is too small to be seen"},
     {"MANY_INVISIBLE_PARTS", Points{1000}, "Pieces of the text are hidden from the reader"},
     {"HTML_SHORT_LINK_IMG_1", Points{2000}, "Next to no text, and a picture that is a link"},
     {"HTML_SHORT_LINK_IMG_2", Points{1000}, "Little text, and a picture that is a link"},
     {"HTML_SHORT_LINK_IMG_3", Points{500}, "Not much text, and a picture that is a link"},
     {"HTML_META_REFRESH_URL", Points{5000}, "The message sends its reader to a web page by itself"},
     {"EXT_CSS", Points{1000}, "The message loads its looks from a web site"},
     {"HAS_DATA_URI", Points{}, "A picture or link holds its content in its address"},
     {"DATA_URI_OBFU", Points{2000}, "A link holds a whole page in its address, encoded"},
     {"HTTP_TO_HTTPS", Points{500}, "A link shows a secure address, but leads to one that is not"},
     // URL_NUMERIC_IP scores the same address.
     {"HTTP_TO_IP", Points{}, "A link leads to an IP address"}}};

using Kind = HtmlLink::Kind;

bool is_data(std::string_view target) {
  return istarts_with(target, "data:");
}

// RFC 2397: "data:text/html;charset=utf-8;base64,..."
bool is_encoded_page(std::string_view target) {
  constexpr std::size_t kLongest = 200;  // of what stands before the comma
  if (!is_data(target)) return false;
  const std::string_view head = target.substr(0, std::min(target.find(','), kLongest));
  const bool page = istarts_with(head, "data:text/html") || istarts_with(head, "data:text/plain") ||
                    istarts_with(head, "data:application/xhtml");
  return page && ifind(head, ";base64") != std::string_view::npos;
}

int sides(const HtmlImage& image) {
  return std::max(image.width, 0) + std::max(image.height, 0);
}

// Whether an anchor holds a picture and nothing else: it stands where the picture stands, and shows at most
// what the picture is called.
bool is_linked(const Html& html, const HtmlImage& image) {
  const HtmlLink* anchor = nullptr;
  for (const HtmlLink& link : html.links) {
    if (link.kind == Kind::anchor) anchor = &link;
    if (link.kind != Kind::image || anchor == nullptr || link.target != image.source) continue;
    if (anchor->text_at == link.text_at && (anchor->text.empty() || anchor->text == link.text)) return true;
  }
  // Pictures that their address holds are no links of their own: any anchor without text may be around one.
  return is_data(image.source) &&
         std::any_of(html.links.begin(), html.links.end(), [&](const HtmlLink& link) {
           return link.kind == Kind::anchor && (link.text.empty() || link.text == image.alt);
         });
}

// One picture that says what the text does not: the way around every filter that reads.
void check_pictures(const Text& text, Hits& hits) {
  constexpr std::size_t kHardlyAny = 50;
  constexpr std::size_t kShort = 2048;
  constexpr int kLarge = 400;        // width and height together
  constexpr int kButton = 210;       // likewise; what is smaller is a logo
  constexpr std::size_t kMost = 20;  // of pictures that are looked at
  if (text.visible.size() >= kShort) return;
  bool empty = false;
  bool link = false;
  for (std::size_t i = 0; i < std::min(text.html.images.size(), kMost); ++i) {
    const HtmlImage& image = text.html.images[i];
    if (image.hidden || sides(image) < kButton) continue;
    const bool carried = istarts_with(image.source, "cid:") || is_data(image.source);
    const bool linked = is_linked(text.html, image);
    link = link || (linked && carried);
    empty = empty || (!linked && sides(image) >= kLarge && text.visible.size() < kHardlyAny);
  }
  if (empty) hits.add("R_EMPTY_IMAGE");
  if (!link) return;
  hits.add(text.visible.size() < 1024   ? "HTML_SHORT_LINK_IMG_1"
           : text.visible.size() < 1536 ? "HTML_SHORT_LINK_IMG_2"
                                        : "HTML_SHORT_LINK_IMG_3");
}

std::size_t hidden_by(const Html& html, std::initializer_list<Hiding> ways) {
  return std::accumulate(ways.begin(), ways.end(), std::size_t{0}, [&](std::size_t sum, Hiding way) {
    return sum + html.hidden_characters[static_cast<std::size_t>(way)];
  });
}

// Newsletters hide a line or two that programs of mail show in their lists; what counts is beyond that.
void check_hidden(const Text& text, Hits& hits) {
  constexpr std::size_t kPreview = 250;
  const std::size_t shown = text.counts.characters;
  const std::size_t colour = hidden_by(text.html, {Hiding::colour});
  const double rate = colour == 0 ? 0 : static_cast<double>(colour) / static_cast<double>(colour + shown);
  if (rate > 0.1) {
    hits.add("R_WHITE_ON_WHITE", {fmt::format("{} of {}", colour, colour + shown)}, 2 * std::min(rate, 0.5));
  }
  const std::size_t tiny = hidden_by(text.html, {Hiding::font_size});
  if (tiny > 0) hits.add("ZERO_FONT", {fmt::format("{}", tiny)}, tiny > kPreview ? 1.0 : 0.2);
  const std::size_t invisible =
      hidden_by(text.html, {Hiding::display, Hiding::visibility, Hiding::opacity, Hiding::zero_size,
                            Hiding::off_screen, Hiding::attribute});
  if (invisible == 0) return;
  const auto pieces = static_cast<std::size_t>(std::count(text.hidden.begin(), text.hidden.end(), '\n')) + 1;
  constexpr std::size_t kMany = 10;
  const double weight = static_cast<double>(std::min(pieces, kMany)) / kMany;
  if (invisible > kPreview || pieces >= kMany)
    hits.add("MANY_INVISIBLE_PARTS", {fmt::format("{}", pieces)}, weight);
}

bool is_address(std::string_view target) {
  std::string_view rest = target;
  if (istarts_with(rest, "https:")) rest.remove_prefix(1);
  if (!istarts_with(target, "http:") && !istarts_with(target, "https:")) return false;
  rest = rest.substr(std::string_view("http:").size());
  while (rest.starts_with('/'))
    rest.remove_prefix(1);
  return IpAddress::parse(rest.substr(0, rest.find_first_of(":/?#"))).has_value();
}

// The path of a URL, as written, ends in ".css".
bool is_sheet(std::string_view target) {
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  constexpr std::string_view kEnd = ".css";
  return istarts_with(target, "http") && path.size() > kEnd.size() &&
         iequals(path.substr(path.size() - kEnd.size()), kEnd);
}

struct Leads {
  bool refresh = false, sheet = false, data = false, page = false, insecure = false, address = false;
};

void look_at_links(const Html& html, Leads& leads) {
  for (const HtmlLink& link : html.links) {
    leads.refresh = leads.refresh || link.kind == Kind::refresh;
    leads.sheet =
        leads.sheet || ((link.kind == Kind::style || link.kind == Kind::other) && is_sheet(link.target));
    leads.data = leads.data || is_data(link.target);
    leads.page = leads.page || is_encoded_page(link.target);
    if (link.kind != Kind::anchor || link.target.empty()) continue;
    leads.insecure =
        leads.insecure || (istarts_with(link.text, "https:") && istarts_with(link.target, "http:"));
    leads.address = leads.address || is_address(link.target);
  }
  leads.data = leads.data || std::any_of(html.images.begin(), html.images.end(),
                                         [](const HtmlImage& image) { return is_data(image.source); });
}

Hits run(const Mail& mail, Deadline) {
  Hits hits;
  Leads leads;
  bool first = true;
  for (const Text& text : mail.message.texts()) {
    if (!text.is_html || text.is_attached) continue;
    look_at_links(text.html, leads);
    // What is forwarded below counts with its links, not with its looks.
    if (!first) continue;
    first = false;
    check_pictures(text, hits);
    check_hidden(text, hits);
  }
  if (leads.refresh) hits.add("HTML_META_REFRESH_URL");
  if (leads.sheet) hits.add("EXT_CSS");
  if (leads.data) hits.add("HAS_DATA_URI");
  if (leads.page) hits.add("DATA_URI_OBFU");
  if (leads.insecure) hits.add("HTTP_TO_HTTPS");
  if (leads.address) hits.add("HTTP_TO_IP");
  return hits;
}

Result<Runner> make(conf::Section&, Services&) {
  return Runner{CpuCheck{run}};
}

}  // namespace

extern const Check html_check;
const Check html_check{.name = "html",
                       .group = "html",
                       .about = "HTML that hides, shows pictures for text, or leads elsewhere than it says",
                       .phase = Phase::scan,
                       .after = {},
                       .symbols = kSymbols,
                       .make = make};

}  // namespace xspamd
