# cmake -DROOT=conf -DOUT=FILE -P embed.cmake: writes shipped_files() with every TOML file below ROOT/default
# and exim_files() with every file of ROOT/exim.
set(code "// Made from conf/default and conf/exim by conf/embed.cmake.\n#include \"conf/shipped.h\"\n\n#include <array>\n\nnamespace xspamd::conf {\n\n")

macro(embed function folder pattern)
  file(GLOB_RECURSE files RELATIVE ${ROOT}/${folder} ${ROOT}/${folder}/${pattern})
  list(SORT files)
  set(rows "")
  set(count 0)
  string(APPEND code "namespace ${folder}_folder {\n\n")
  foreach(file IN LISTS files)
    file(READ ${ROOT}/${folder}/${file} text)
    string(APPEND code "constexpr std::string_view kFile${count} = R\"embedded(${text})embedded\";\n\n")
    string(APPEND rows "    Shipped{\"${file}\", kFile${count}},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  string(APPEND code "constexpr std::array<Shipped, ${count}> kFiles{{\n${rows}}};\n\n}  // namespace ${folder}_folder\n\n")
  string(APPEND code "std::span<const Shipped> ${function}() { return ${folder}_folder::kFiles; }\n\n")
endmacro()

embed(shipped_files default *.toml)
embed(exim_files exim *.conf)
string(APPEND code "}  // namespace xspamd::conf\n")
file(WRITE ${OUT} "${code}")
