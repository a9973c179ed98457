#include "torchup/system/shared_library.hpp"

#include "torchup/system/http_transport.hpp"

#include "src/system/curl_library.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

TEST_CASE("a library that is not there is named, with what to do") {
  const auto library = SharedLibrary::open("libnowhere.so.7", "install it");
  REQUIRE_FALSE(library);
  CHECK(library.error().kind == ErrorKind::host);
  CHECK(library.error().message ==
        "the library `libnowhere.so.7` cannot be loaded: cannot open shared object file: No such file or directory");
  CHECK(library.error().hints == std::vector<std::string>{"install it"});
}

TEST_CASE("a function that a library has not is named") {
  const auto library = SharedLibrary::open("libm.so.6", "install it");
  REQUIRE(library);
  double (*root)(double) = nullptr;
  REQUIRE(library->find("sqrt", root));
  CHECK(root(49) == 7);
  const auto missing = library->find("square_root", root);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "the library `libm.so.6` has no function `square_root`");
}

TEST_CASE("another library is not taken for libcurl") {
  const auto curl = load_curl("libm.so.6");
  REQUIRE_FALSE(curl);
  CHECK(curl.error().message == "the library `libm.so.6` has no function `curl_global_init`");
  CHECK(curl.error().hints == std::vector<std::string>{"install it, on Debian and Ubuntu with `apt install libcurl4`"});
}

TEST_CASE("without libcurl every request ends with the reason, and nothing is loaded before the first") {
  const Cancellation cancellation;
  HttpSettings settings;
  settings.library = "libcurl-nowhere.so.4";
  const auto transport = make_curl_transport(settings, cancellation);
  CHECK(transport->pending() == 0);
  for (int i = 0; i < 2; ++i) {
    const auto id = transport->start({*Url::parse("https://index.example/simple/")});
    const auto next = transport->next(std::chrono::milliseconds(0));
    REQUIRE(next);
    REQUIRE(*next);
    CHECK((*next)->id == id);
    CHECK_FALSE((*next)->transient);
    REQUIRE_FALSE((*next)->response);
    CHECK((*next)->response.error().kind == ErrorKind::host);
    CHECK((*next)->response.error().message ==
          "the library `libcurl-nowhere.so.4` cannot be loaded: cannot open shared object file: No such file or directory");
  }
  CHECK(transport->pending() == 0);
}
