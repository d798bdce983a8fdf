#include "proto/mail/mime.h"

#include <catch2/catch.hpp>

#include "proto/base/text.h"

using namespace xspamd;
using namespace std::string_literals;

namespace {

Mime read(std::string_view message, const Limits& limits = {}) {
  mail::Charsets charsets;
  return parse_mime(message, parse_header(message, limits.headers), limits, charsets);
}

std::string defects(Defects all) {
  std::string names;
  for (std::size_t i = 0; i < std::size(kDefectNames); ++i) {
    const auto defect = static_cast<Defect>(i);
    if (all.has(defect)) names += " !" + std::string(name(defect));
  }
  return names;
}

// A line a part: its depth in dots, its type, and what is not empty of the rest.
std::string shown(const Mime& mime) {
  std::string text;
  for (const Part& part : mime.parts) {
    text += std::string(part.depth, '.') + part.type + (part.declared ? "" : "?");
    if (!part.charset.empty()) text += " charset=" + part.charset;
    if (!part.file_name.empty()) text += " file=" + part.file_name;
    if (!part.disposition.empty()) text += " " + part.disposition;
    if (!part.content_id.empty()) text += " id=" + part.content_id;
    if (!part.before.empty()) text += " before=" + printable(part.before);
    if (!part.is_container()) text += " [" + printable(decoded_body(part, 1000)) + "]";
    if (!part.after.empty()) text += " after=" + printable(part.after);
    text += defects(part.defects) + "\n";
  }
  return text;
}

std::string with(std::string text, char from, std::string_view to) {
  std::string changed;
  for (const char c : text)
    from == c ? changed += to : changed += c;
  return changed;
}

struct Case {
  std::string why, message, want;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(read(c.message)) == c.want);
  }
}

const std::string kMixed = "Content-Type: multipart/mixed; boundary=b\n\n";

}  // namespace

TEST_CASE("mime: what the fields of a leaf say") {
  check({
      {"nothing", "", "text/plain? []\n"},
      {"no MIME", "A: b\n\nhello\n", "text/plain? [hello?]\n"},
      {"text", "Content-Type: Text/HTML; charset=\"UTF-8\"\n\n<p>\n", "text/html charset=utf-8 [<p>?]\n"},
      {"base64", "Content-Transfer-Encoding: BASE64 (x)\n\naGVs\nbG8=\n", "text/plain? [hello]\n"},
      {"quoted-printable", "Content-Transfer-Encoding: quoted-printable\n\na=3D=\nb", "text/plain? [a=b]\n"},
      {"uuencode", "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n#86)C\nend\n",
       "text/plain? [abc]\n"},
      {"yenc", "Content-Transfer-Encoding: x-yencode\n\n=ybegin line=1 size=1 name=x\n\x8b\n=yend",
       "text/plain? [a]\n"},
      {"8 bit", "Content-Transfer-Encoding: 8 bit\n\na=3D", "text/plain? [a=3D]\n"},
      {"an unknown encoding", "Content-Transfer-Encoding: x-gzip64\n\naGk=\n",
       "text/plain? [aGk=?] !bad_encoding\n"},
      {"file name and disposition",
       "Content-Type: image/png; name=a.png\nContent-Disposition: Attachment; filename=\"b\tc.png\"\n"
       "Content-ID: <x@y>\n\n",
       "image/png file=b c.png attachment id=x@y []\n"},
      {"the name of the type", "Content-Type: image/png; name=a.png\nContent-Disposition: inline\n\n",
       "image/png file=a.png inline []\n"},
      {"a disposition without value", "Content-Disposition: ; filename=a\n\n", "text/plain? file=a []\n"},
      {"controls in a file name", "Content-Disposition: attachment; filename*=utf-8''a%0Ab%00.exe%09\n\n",
       "text/plain? file=a b.exe attachment []\n"},
      {"a broken type", "Content-Type: text\n\nhi", "text/plain [hi] !bad_content_type\n"},
      {"an empty type", "Content-Type:\n\nhi", "text/plain [hi] !bad_content_type\n"},
      {"a type with too much", "Content-Type: image/png/x\n\n", "image/png/x [] !bad_content_type\n"},
      {"doubled fields: the first counts", "Content-Type: text/html\nContent-Type: text/plain\n\n",
       "text/html [] !doubled_field\n"},
      {"bad base64", "Content-Transfer-Encoding: base64\n\naGk=aGk=*", "text/plain? [hihi] !bad_base64\n"},
      {"a NUL", "A: b\n\na\0b"s, "text/plain? [a?b] !body_nul\n"},
      {"a bare CR", "A: b\n\na\rb\n", "text/plain? [a?b?] !body_bare_cr\n"},
      {"an LF among CRLFs", "A: b\r\n\r\na\r\nb\n", "text/plain? [a??b?] !body_bare_cr\n"},
      {"leaves of type message", "Content-Type: message/delivery-status\n\nA: b\n",
       "message/delivery-status [A: b?]\n"},
  });
}

TEST_CASE("mime: multiparts are split at their boundaries") {
  const std::string whole =
      kMixed + "before\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\nafter\n";
  const std::string want =
      "multipart/mixed before=before after=after?\n.text/plain? [one]\n.text/html [two]\n";
  CHECK(shown(read(whole)) == want);
  CHECK(shown(read(with(whole, '\n', "\r\n"))) ==
        with(want, '?', "?").replace(want.find("after?"), 6, "after??"));
  check({
      {"a multipart in a multipart",
       kMixed + "--b\nContent-Type: multipart/alternative; boundary=\"c d\"\n\n--c d\n\n1\n--c d\n\n2\n--c "
                "d--\n--b\n\n3\n--b--",
       "multipart/mixed\n.multipart/alternative\n..text/plain? [1]\n..text/plain? [2]\n.text/plain? [3]\n"},
      {"a digest holds messages",
       "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\nhi\n--b\nContent-Type: "
       "text/plain\n\nlo\n--b--\n",
       "multipart/digest\n.message/rfc822?\n..text/plain? [hi]\n.text/plain [lo]\n"},
      {"a message",
       kMixed + "--b\nContent-Type: message/rfc822\n\nSubject: x\nContent-Type: text/html\n\nhi\n--b--\n",
       "multipart/mixed\n.message/rfc822\n..text/html [hi]\n"},
      {"a message that still has its mbox line",
       "Content-Type: message/rfc822\n\nFrom x@y Mon\nContent-Type: a/b\n\nhi",
       "message/rfc822\n.a/b [hi]\n"},
      {"an external body is a leaf",
       "Content-Type: message/external-body; access-type=x\n\nContent-Type: a/b\n\n",
       "message/external-body [Content-Type: a/b??]\n"},
      {"an unknown multipart", "Content-Type: multipart/x-y; boundary=b\n\n--b\n\n1\n--b--",
       "multipart/x-y\n.text/plain? [1]\n"},
      {"no subtype", "Content-Type: multipart; boundary=b\n\n--b\n\n1\n--b--",
       "multipart/mixed !bad_content_type\n.text/plain? [1]\n"},
      {"nothing behind the last boundary line", kMixed + "--b\n\n1\n--b\n",
       "multipart/mixed !missing_end\n.text/plain? [1]\n"},
      {"a part without header and body", kMixed + "--b\n--b\n\n2\n--b--",
       "multipart/mixed\n.text/plain? []\n.text/plain? [2]\n"},
      {"a header that runs into a boundary", kMixed + "--b\nContent-Type: text/html\n--b\n\n2\n--b--",
       "multipart/mixed\n.text/html []\n.text/plain? [2]\n"},
      {"a boundary that looks like a field",
       "Content-Type: multipart/mixed; boundary=\"a:b\"\n\n--a:b\nA: b\n--a:b\n\n2\n--a:b--",
       "multipart/mixed\n.text/plain? []\n.text/plain? [2]\n"},
      {"only an end", kMixed + "x\n--b--\ny", "multipart/mixed before=x [x?--b--?y] after=y\n"},
  });
}

TEST_CASE("mime: broken boundaries cost no part") {
  const std::string inner = "--b\nContent-Type: multipart/mixed; boundary=c\n\n";
  check({
      {"no end", kMixed + "--b\n\none\n", "multipart/mixed !missing_end\n.text/plain? [one?]\n"},
      {"the outer boundary ends the inner multipart", kMixed + inner + "--c\n\n1\n--b\n\n2\n--b--",
       "multipart/mixed\n.multipart/mixed !missing_end\n..text/plain? [1]\n.text/plain? [2]\n"},
      {"equal boundaries: the inner one has it until it ends",
       kMixed + "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b--\n--b\n\n2\n--b--",
       "multipart/mixed\n.multipart/mixed !nested_boundary\n..text/plain? [1]\n.text/plain? [2]\n"},
      {"blanks behind", kMixed + "--b \t\n\n1\n--b-- \n", "multipart/mixed\n.text/plain? [1]\n"},
      {"text behind", kMixed + "--b x\n\n1\n--b-- x\n", "multipart/mixed !odd_boundary\n.text/plain? [1]\n"},
      {"a line that only begins with it", kMixed + "--bc\n\n1\n--bd\n\n2\n",
       "multipart/mixed !missing_end !odd_boundary\n.text/plain? [1]\n.text/plain? [2?]\n"},
      {"in the middle of a line", kMixed + "--b\n\n1 --b\n --b\n2\n--b--",
       "multipart/mixed\n.text/plain? [1 --b? --b?2]\n"},
      {"in quotes with blanks at the end",
       "Content-Type: multipart/mixed; boundary=\"b  \"\n\n--b  \n\n1\n--b\n2\n--b  --",
       "multipart/mixed\n.text/plain? [1?--b?2]\n"},
      {"over 70 bytes",
       "Content-Type: multipart/mixed; boundary=" + std::string(300, 'x') + "\n\n--" + std::string(300, 'x') +
           "\n\n1",
       "multipart/mixed !missing_end\n.text/plain? [1]\n"},
      {"after the end nothing is a boundary", kMixed + "--b\n\n1\n--b--\n--b\n\n2",
       "multipart/mixed after=--b??2\n.text/plain? [1]\n"},
      {"it never occurs", kMixed + "hello\n", "text/plain [hello?] !no_boundary\n"},
      {"no boundary", "Content-Type: multipart/mixed\n\nhello\n", "text/plain [hello?] !no_boundary\n"},
      {"an empty one", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\nhello\n",
       "text/plain [--?hello?] !no_boundary\n"},
      {"none, but the body shows it",
       "Content-Type: multipart/mixed\n\n\n--x\nContent-Type: text/html\n\n<p>\n--x--\n",
       "multipart/mixed !no_boundary\n.text/html [<p>]\n"},
      {"none, and a signature", "Content-Type: multipart/mixed\n\n-- \nContent-manager\n",
       "text/plain [-- ?Content-manager?] !no_boundary\n"},
      {"CR",
       "A: b\nContent-Type: multipart/mixed; boundary=b\n\n--b\rContent-Type: text/html\rA: "
       "b\r\r<p>\r--b--\r",
       "multipart/mixed !body_bare_cr\n.text/html [<p>]\n"},
      {"mixed line ends", kMixed + "--b\rContent-Type: text/html\n\n<p>\r\n--b--\n",
       "multipart/mixed !body_bare_cr\n.text/html [<p>]\n"},
      {"CR and LF in one header", kMixed + "--b\rA: b\rContent-Type: text/html\n\n<p>\r\n--b--\n",
       "multipart/mixed !body_bare_cr\n.text/html [<p>]\n"},
      {"NULs", kMixed + "--b\n\n\0\0\n--b--"s, "multipart/mixed\n.text/plain? [??] !body_nul\n"},
  });
}

TEST_CASE("mime: an encoded container is decoded and split") {
  const std::string message = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n";
  check({
      {"a message", message + "U3ViamVjdDogeApDb250ZW50LVR5cGU6IHRleHQvaHRtbAoKaGk=\n",
       "message/rfc822 !encoded_container\n.text/html [hi]\n"},
      {"a message that is not encoded", message + "Subject: x\n\nhi",
       "message/rfc822 !encoded_container\n.text/plain? [hi]\n"},
      {"a multipart",
       "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: "
       "base64\n\nLS1iCgpvbmUKLS1iLS0K\n",
       "multipart/mixed !encoded_container\n.text/plain? [one]\n"},
      {"a multipart that is not encoded",
       "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: "
       "quoted-printable\n\n--b\n\na=3D\n--b--\n",
       "multipart/mixed !encoded_container\n.text/plain? [a=3D]\n"},
      {"quoted-printable",
       "Content-Type: multipart/mixed; boundary=\"=b\"\nContent-Transfer-Encoding: "
       "quoted-printable\n\n--=3Db\n\na=3D3D\n--=3Db--\n",
       "multipart/mixed !encoded_container\n.text/plain? [a=3D]\n"},
      {"a text after all",
       "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\naGk=\n",
       "text/plain [hi] !no_boundary !encoded_container\n"},
      {"with parts around it", kMixed + "--b\n" + message + "QTogYgoKaGk=\n--b\n\n2\n--b--",
       "multipart/mixed\n.message/rfc822 !encoded_container\n..text/plain? [hi]\n.text/plain? [2]\n"},
  });
  const std::string encoded = message + "QTogYgoKaGk=\n";
  const Mime mime = read(encoded);
  REQUIRE(mime.buffers.size() == 1);
  CHECK(mime.parts[1].header.fields.at(0).name == "A");
  CHECK(decoded_body(mime.parts[0], 4) == "QTog");
}

TEST_CASE("mime: files inside a text follow it, and the text keeps them") {
  const std::string text = "hi\nbegin 644 a.exe\n#86)C\nend\nbye\n";
  const std::string message = kMixed + "--b\n\n" + text + "\n--b\n\n2\n--b--";
  const Mime mime = read(message);
  CHECK(shown(mime) == "multipart/mixed\n.text/plain? [" + printable(text) +
                           "]\n..application/octet-stream? file=a.exe [abc]\n.text/plain? [2]\n");
  CHECK(mime.parts[1].children == 1);
  CHECK_FALSE(mime.parts[1].is_container());
  CHECK(mime.parts[2].encoding == TransferEncoding::uuencode);
  CHECK(mime.parts[2].header.fields.empty());
  CHECK(read("Content-Type: image/png\n\n" + text).parts.size() == 1);
}

TEST_CASE("mime: what is over a limit stays one unread leaf") {
  Limits limits;
  limits.parts = 3;
  const std::string many = kMixed + "--b\n\n1\n--b\n\n2\n--b\n\n3\n--b--";
  CHECK(shown(read(many, limits)) ==
        "multipart/mixed !missing_end\n.text/plain? [1]\n.text/plain? [2?--b??3?--b--] !parts_over_limit\n");
  limits = {};
  limits.depth = 1;
  CHECK(shown(read("Content-Type: message/rfc822\n\n" + kMixed + "--b\n\n1\n--b--", limits)) ==
        "message/rfc822\n.multipart/mixed [--b??1?--b--] !depth_over_limit\n");
  CHECK(shown(read("Content-Type: message/rfc822\n\n\nbegin 644 a\n#86)C\nend\n", limits)) ==
        "message/rfc822\n.text/plain? [begin 644 a?#86)C?end?] !depth_over_limit\n");
  limits = {};
  limits.headers = 2;
  CHECK(read(kMixed + "--b\nA: b\nC: d\nE: f\n\n1\n", limits).defects.has(Defect::headers_over_limit));
  std::string deep;
  for (int i = 0; i < 60; ++i)
    deep += "Content-Type: message/rfc822\n\n";
  CHECK(read(deep).parts.size() == 51);
}

TEST_CASE("mime: decoding stops at the limit and gives the same bytes") {
  std::string base64 = "Content-Transfer-Encoding: base64\n\n";
  std::string quoted = "Content-Transfer-Encoding: quoted-printable\n\n";
  for (int i = 0; i < 2000; ++i) {
    base64 += "YWJjZGVmZ2hpamtsbW5vcA\n";
    quoted += "=41=42=43 text=20 \n";
  }
  for (const std::string& message : {base64, quoted}) {
    const Mime mime = read(message);
    const std::string all = decoded_body(mime.parts[0], message.size());
    for (const std::size_t most : {0, 1, 10, 1000, 1001, 1002, 10'000})
      CHECK(decoded_body(mime.parts[0], most) == all.substr(0, most));
  }
}

TEST_CASE("mime: the views point into the message") {
  const std::string message = kMixed + "x\n--b\nA: b\n\n1\n--b--\ny";
  const Mime mime = read(message);
  for (const Part& part : mime.parts) {
    CHECK(part.body.data() >= message.data());
    CHECK(part.body.data() + part.body.size() <= message.data() + message.size());
  }
  CHECK(mime.parts[0].body == std::string_view(message).substr(kMixed.size()));
  CHECK(mime.parts[1].header.block == "A: b\n");
  CHECK(mime.buffers.empty());
}
