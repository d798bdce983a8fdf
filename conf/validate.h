// Walks a merged tree along the schema. Unknown names are told with the nearest known one, wrong values with
// what was expected (value_checks.h), and rules, maps, metas, lists and profiles must be whole (shapes.cpp).
// Every problem is reported, not only the first.
#pragma once

#include "conf/value.h"

namespace xspamd::conf {

void validate(const Value& tree, Problems& problems);

// Part of validate: what the keys of one rule, map, meta, list or profile say together.
void check_shapes(const Value& tree, Problems& problems);

}  // namespace xspamd::conf
