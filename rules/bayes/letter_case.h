// Letters of any case as one, for comparing words. Simple foldings (Unicode 15.0, CaseFolding.txt, status C
// and S) of Latin, Greek, Cyrillic, Armenian and full-width letters, as far as they stand in regular rows;
// other letters stay as they are, which keeps words apart that differ in case only and harms nothing.
#pragma once

namespace xspamd::bayes {

constexpr bool is_between(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

constexpr char32_t lower_case(char32_t code) {
  if (code < 0x80) return is_between(code, 'A', 'Z') ? code + 32 : code;
  if (code < 0x100) return is_between(code, 0xC0, 0xDE) && code != 0xD7 ? code + 32 : code;
  // Rows where capital and small letters alternate, capitals at even places, then at odd ones.
  if (is_between(code, 0x100, 0x137) || is_between(code, 0x14A, 0x177) || is_between(code, 0x1E00, 0x1E95) ||
      is_between(code, 0x1EA0, 0x1EFF) || is_between(code, 0x460, 0x481) || is_between(code, 0x48A, 0x4BF) ||
      is_between(code, 0x4D0, 0x52F) || is_between(code, 0x3D8, 0x3EF))
    return code | 1;
  if (is_between(code, 0x139, 0x148) || is_between(code, 0x179, 0x17E) || is_between(code, 0x4C1, 0x4CE))
    return code + (code & 1);
  if (is_between(code, 0x391, 0x3AB) && code != 0x3A2) return code + 32;
  if (code == 0x386) return 0x3AC;
  if (is_between(code, 0x388, 0x38A)) return code + 37;
  if (code == 0x38C) return 0x3CC;
  if (is_between(code, 0x38E, 0x38F)) return code + 63;
  if (code == 0x3C2) return 0x3C3;  // final sigma
  if (is_between(code, 0x410, 0x42F)) return code + 32;
  if (is_between(code, 0x400, 0x40F)) return code + 80;
  if (is_between(code, 0x531, 0x556)) return code + 48;
  if (is_between(code, 0xFF21, 0xFF3A)) return code + 32;
  return code;
}

}  // namespace xspamd::bayes
