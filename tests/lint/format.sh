# Every source file is formatted by clang-format 14 with .clang-format.
git ls-files -co --exclude-standard '*.cpp' '*.h' | xargs clang-format-14 --dry-run --Werror
