#include "src/system/curl_library.hpp"

#include "torchup/system/shared_library.hpp"

#include <fmt/format.h>

namespace torchup {

Result<CurlLibrary> load_curl(const std::string& soname) {
  TORCHUP_TRY_ASSIGN(const SharedLibrary library,
                     SharedLibrary::open(soname, "install it, on Debian and Ubuntu with `apt install libcurl4`"));
  CurlLibrary curl;
  TORCHUP_TRY(library.find("curl_global_init", curl.global_init));
  TORCHUP_TRY(library.find("curl_version_info", curl.version_info));
  TORCHUP_TRY(library.find("curl_slist_append", curl.slist_append));
  TORCHUP_TRY(library.find("curl_slist_free_all", curl.slist_free_all));
  TORCHUP_TRY(library.find("curl_easy_init", curl.easy_init));
  TORCHUP_TRY(library.find("curl_easy_cleanup", curl.easy_cleanup));
  TORCHUP_TRY(library.find("curl_easy_setopt", curl.easy_setopt));
  TORCHUP_TRY(library.find("curl_easy_getinfo", curl.easy_getinfo));
  TORCHUP_TRY(library.find("curl_multi_init", curl.multi_init));
  TORCHUP_TRY(library.find("curl_multi_cleanup", curl.multi_cleanup));
  TORCHUP_TRY(library.find("curl_multi_setopt", curl.multi_setopt));
  TORCHUP_TRY(library.find("curl_multi_add_handle", curl.multi_add_handle));
  TORCHUP_TRY(library.find("curl_multi_remove_handle", curl.multi_remove_handle));
  TORCHUP_TRY(library.find("curl_multi_perform", curl.multi_perform));
  TORCHUP_TRY(library.find("curl_multi_poll", curl.multi_poll));
  TORCHUP_TRY(library.find("curl_multi_info_read", curl.multi_info_read));
  TORCHUP_TRY(library.find("curl_multi_strerror", curl.multi_strerror));
  // Counted by libcurl, and guarded by it against other threads since 7.84.
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return failure({ErrorKind::host, fmt::format("the library `{}` cannot be initialised", soname), {}, {}});
  return curl;
}

}  // namespace torchup
