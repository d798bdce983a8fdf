# cmake -DROOT=FOLDER -DOUT=FILE -P embed.cmake: writes shipped_files() with every TOML file below
# ROOT/conf/default, exim_files() with every file of ROOT/conf/exim, data_files() with every table of
# ROOT/rules/data.
set(code "// Made from conf/default, conf/exim and rules/data by conf/embed.cmake.\n#include \"conf/shipped.h\"\n\n#include <array>\n\nnamespace xspamd::conf {\n\n")

macro(embed function folder pattern)
  file(GLOB_RECURSE files RELATIVE ${ROOT}/${folder} ${ROOT}/${folder}/${pattern})
  list(SORT files)
  set(rows "")
  set(count 0)
  string(APPEND code "namespace of_${function} {\n\n")
  foreach(file IN LISTS files)
    file(READ ${ROOT}/${folder}/${file} text)
    string(APPEND code "constexpr std::string_view kFile${count} = R\"embedded(${text})embedded\";\n\n")
    string(APPEND rows "    Shipped{\"${file}\", kFile${count}},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  string(APPEND code "constexpr std::array<Shipped, ${count}> kFiles{{\n${rows}}};\n\n}  // namespace of_${function}\n\n")
  string(APPEND code "std::span<const Shipped> ${function}() { return of_${function}::kFiles; }\n\n")
endmacro()

embed(shipped_files conf/default *.toml)
embed(exim_files conf/exim *.conf)
embed(data_files rules/data *.txt)
string(APPEND code "}  // namespace xspamd::conf\n")
file(WRITE ${OUT} "${code}")
