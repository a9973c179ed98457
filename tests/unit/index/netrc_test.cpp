// The .netrc file as the GNU inetutils manual and Python's netrc module have it.
#include "src/index/netrc.hpp"

#include "tests/support/settings_host.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

using Entries = std::vector<NetrcEntry>;

/// The URL's credentials as they would be sent; empty for none.
std::string login_for(const std::string& url, const std::string& netrc) {
  test::SettingsHost host;
  host.variables["HOME"] = "/home/me";
  host.files["/home/me/.netrc"] = netrc;
  return with_netrc_login(Url::parse(url).value(), host).userinfo();
}

const std::string k_netrc = "machine index.example login me password it\n";

}  // namespace

TEST_CASE("entries are words, in lines or in one") {
  CHECK(parse_netrc("machine a.example login me password it") == Entries{{"a.example", "me", "it"}});
  CHECK(parse_netrc("machine a.example\n\tlogin me\r\n  password it\n") == Entries{{"a.example", "me", "it"}});
  CHECK(parse_netrc("machine A.Example password it account x login me machine b password c") ==
        Entries{{"a.example", "me", "it"}, {"b", "", "c"}});
  CHECK(parse_netrc("# all of it\nmachine a # mine\n login me password it # login other") == Entries{{"a", "me", "it"}});
  CHECK(parse_netrc("machine a login #me password #it") == Entries{{"a", "#me", "#it"}});
  CHECK(parse_netrc(R"(machine a login "m e" password "i\"\\t")") == Entries{{"a", "m e", R"(i"\t)"}});
  CHECK(parse_netrc(R"(machine a login me password i\ t)") == Entries{{"a", "me", "i t"}});
  CHECK(parse_netrc("machine a login me password \"\"") == Entries{{"a", "me", ""}});
}

TEST_CASE("default and macros give nobody a password") {
  CHECK(parse_netrc("default login anonymous password guest") == Entries{});
  CHECK(parse_netrc("machine a login me password it\ndefault login x password y\n") == Entries{{"a", "me", "it"}});
  CHECK(parse_netrc("macdef init\nmachine evil login x password y\n\nmachine a login me password it") == Entries{{"a", "me", "it"}});
  CHECK(parse_netrc("macdef init\nmachine evil login x password y") == Entries{});
}

TEST_CASE("an entry is taken whole or not at all") {
  CHECK(parse_netrc("machine a login me") == Entries{});
  CHECK(parse_netrc("machine a login me password") == Entries{});
  CHECK(parse_netrc("machine a password it machine") == Entries{});
  CHECK(parse_netrc("machine a login me password it machine b login \"x password y") == Entries{{"a", "me", "it"}});
  CHECK(parse_netrc("machine a login me password it what ever machine b login c password d") == Entries{});
  CHECK(parse_netrc("machine a password " + std::string(5000, 'x')) == Entries{});
  CHECK(parse_netrc("") == Entries{});
}

TEST_CASE("a login goes to the host that it is for, and only where nobody can listen") {
  CHECK(login_for("https://index.example/simple", k_netrc) == "me:it");
  CHECK(login_for("https://index.example:8443/simple", k_netrc) == "me:it");
  CHECK(login_for("http://index.example/simple", k_netrc).empty());
  CHECK(login_for("https://other.example/simple", k_netrc).empty());
  CHECK(login_for("https://index.example.evil.example/simple", k_netrc).empty());
  CHECK(login_for("https://you@index.example/simple", k_netrc) == "you");
  CHECK(login_for("http://127.0.0.1:8080/simple", "machine 127.0.0.1 login me password it") == "me:it");
  CHECK(login_for("https://other.example/simple", "default login me password it").empty());
}

TEST_CASE("of two entries for a host the first counts, and signs are kept") {
  CHECK(login_for("https://a.example/", "machine a.example login one password 1 machine a.example login two password 2") == "one:1");
  CHECK(login_for("https://a.example/", "machine a.example login m@e password a:b/%c") == "m%40e:a%3Ab%2F%25c");
}

TEST_CASE("NETRC names the file in place of the one at home") {
  test::SettingsHost host;
  host.variables = {{"HOME", "/home/me"}, {"NETRC", "/else"}};
  host.files = {{"/home/me/.netrc", k_netrc}, {"/else", "machine index.example login other password one"}};
  const Url url = Url::parse("https://index.example/simple").value();
  CHECK(with_netrc_login(url, host).userinfo() == "other:one");
  host.files.erase("/else");
  CHECK(with_netrc_login(url, host).userinfo().empty());
  host.variables.clear();
  CHECK(with_netrc_login(url, host).userinfo().empty());
}
