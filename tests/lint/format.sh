# Every source file is formatted by clang-format 14 with .clang-format.
find proto conf rules server tests -name '*.cpp' -o -name '*.h' | xargs clang-format-14 --dry-run --Werror
