# A source file has at most 500 lines and a function at most 60 (from its opening line in column 0 to the
# closing brace in column 0, as clang-format lays them out). Imported data tables are exempt.
status=0
for file in $(find proto conf rules server tests -name '*.cpp' -o -name '*.h' | grep -v '^rules/data/'); do
  lines=$(wc -l <"$file")
  if [ "$lines" -gt 500 ]; then echo "$file: $lines lines"; status=1; fi
  case $file in tests/*) continue ;; esac
  awk -v file="$file" '
    /^[A-Za-z_].*[({]$|^[A-Za-z_].*,$/ && !/^(namespace|struct|class|enum|constexpr|const|inline constexpr|using)/ && !start { start = NR; first = $0 }
    /^};?$/ || /^}  \/\// { start_was = start; if (start && $0 == "}" && NR - start + 1 > 60) { print file ":" start ": " NR - start + 1 " lines: " first; bad = 1 } start = 0 }
    /;$/ && /^[A-Za-z_]/ { start = 0 }
    END { exit bad }' "$file" || status=1
done
exit $status
