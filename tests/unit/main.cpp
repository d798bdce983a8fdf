// Catch2's main takes a quarter of a minute to compile: it stands alone so that it is compiled once.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
