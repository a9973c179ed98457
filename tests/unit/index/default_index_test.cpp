#include "src/index/default_index.hpp"

#include "src/index/pip_settings.hpp"
#include "tests/support/settings_host.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

struct Fixture {
  test::TemporaryFolder folder;
  test::SettingsHost host;

  Result<ChosenIndex> choose(const std::optional<std::string>& option = std::nullopt) {
    return choose_main_index(option, host, folder.path() / "default-index");
  }
  std::string told(const std::optional<std::string>& option = std::nullopt) {
    const auto chosen = choose(option);
    return chosen ? chosen->url.text() + " from " + chosen->source : "error: " + chosen.error().message;
  }
};

}  // namespace

TEST_CASE("each setting is stronger than those below it") {
  Fixture on;
  on.host.pythons["/usr/bin/python3"] = {0, "https://pip.example/simple\n", ""};
  on.host.variables["HOME"] = "/home/me";
  CHECK(on.told() == "https://pip.example/simple from pip's own default (/usr/bin/python3)");
  on.host.files["/etc/pip.conf"] = "[global]\nindex-url = https://etc.example/simple\n";
  CHECK(on.told() == "https://etc.example/simple from `index-url` in `/etc/pip.conf`");
  on.host.files["/home/me/.config/pip/pip.conf"] = "[global]\nindex_url: https://home.example/simple\n";
  CHECK(on.told() == "https://home.example/simple from `index-url` in `/home/me/.config/pip/pip.conf`");
  on.host.variables["VIRTUAL_ENV"] = "/venv";
  on.host.files["/venv/pip.conf"] = "[install]\nindex-url=https://venv.example/simple";
  CHECK(on.told() == "https://venv.example/simple from `index-url` in `/venv/pip.conf`");
  on.host.variables["PIP_CONFIG_FILE"] = "/conf";
  on.host.files["/conf"] = "[global]\nindex-url=https://conf.example/simple";
  CHECK(on.told() == "https://conf.example/simple from `index-url` in `/conf`");
  on.host.variables["PIP_INDEX_URL"] = "https://pip-variable.example/simple";
  CHECK(on.told() == "https://pip-variable.example/simple from `PIP_INDEX_URL`");
  on.host.variables["UV_DEFAULT_INDEX"] = "mine=https://uv.example/simple?a=b";
  CHECK(on.told() == "https://uv.example/simple?a=b from `UV_DEFAULT_INDEX`");
  on.host.variables["TORCHUP_INDEX_URL"] = "https://own.example/simple";
  CHECK(on.told() == "https://own.example/simple from `TORCHUP_INDEX_URL`");
  CHECK(on.told("https://option.example/simple") == "https://option.example/simple from `--index-url`");
}

TEST_CASE("pip is asked once, isolated, and remembered") {
  Fixture on;
  on.host.pythons["python3"] = {0, "https://pip.example/simple\n", ""};
  on.host.pythons["/usr/bin/python3"] = {1, "", "No module named 'pip'"};
  CHECK(on.told() == "https://pip.example/simple from pip's own default (python3)");
  REQUIRE(on.host.ran.size() == 2);
  CHECK(on.host.ran[1].at(1) == "-I");
  CHECK(on.told() == "https://pip.example/simple from pip's own default (python3)");
  CHECK(on.host.ran.size() == 2);
}

TEST_CASE("without pip the user is told what to set") {
  Fixture on;
  on.host.pythons["/usr/bin/python3"] = {0, "not a URL\n", ""};
  const auto chosen = on.choose();
  REQUIRE_FALSE(chosen);
  CHECK(chosen.error() == Error{ErrorKind::host,
                                "no package index is set, and no Python here has pip to ask for its default",
                                {},
                                {"set TORCHUP_INDEX_URL or `--index-url` to a package index",
                                 "or install pip, on Debian and Ubuntu with `apt install python3-pip`"}});
}

TEST_CASE("a setting that is no index is named, and never printed") {
  Fixture on;
  on.host.variables["PIP_INDEX_URL"] = "me:s3cr3t@index";
  CHECK(on.told() == "error: `PIP_INDEX_URL` is no index URL: the URL is not valid: it has no scheme");
  CHECK(on.told("file:///srv/wheels") == "error: `--index-url` names a folder, and an index must be https or http");
}

TEST_CASE("pip.conf is read as pip reads it") {
  const auto url = [](const char* text) { return pip_conf_value(text, "index-url"); };
  CHECK(url("[global]\nindex-url = https://a.example\n[install]\nindex-url = https://b.example\n") == "https://b.example");
  CHECK(url("[install]\nindex-url = https://b.example\n[global]\nindex-url = https://a.example\n") == "https://b.example");
  CHECK(url("# index-url = x\n; y\n[global]\r\n  index_url=https://a.example \r\n") == "https://a.example");
  CHECK_FALSE(url("index-url = https://a.example\n[download]\nindex-url = https://b.example\n[global]\nextra-index-url = x\n"));
  CHECK_FALSE(url("[global]\nindex-url =\n"));
  CHECK_FALSE(url(""));
  const char* const several = "[global]\nextra-index-url =\n  https://a.example\n\n  https://b.example\nproxy = p\n  index-url = x\n";
  CHECK(pip_conf_value(several, "extra-index-url") == "https://a.example https://b.example");
  CHECK_FALSE(url(several));  // it goes on with the proxy
}

TEST_CASE("other settings of pip count where nothing nearer is set") {
  Fixture on;
  on.host.variables["HOME"] = "/home/me";
  CHECK_FALSE(pip_setting(on.host, "cert"));
  on.host.files["/etc/pip.conf"] = "[global]\ncert = /etc/ssl/ours.pem\nextra-index-url = https://me:s3cr3t@b.example\n";
  REQUIRE(pip_setting(on.host, "cert"));
  CHECK(pip_setting(on.host, "cert")->value == "/etc/ssl/ours.pem");
  CHECK(pip_setting(on.host, "cert")->source == "`cert` in `/etc/pip.conf`");
  CHECK(index_beside_main(on.host)->source == "`extra-index-url` in `/etc/pip.conf`");
  on.host.variables["PIP_CERT"] = " /home/me/ours.pem ";
  CHECK(pip_setting(on.host, "cert")->value == "/home/me/ours.pem");
  on.host.variables["PIP_EXTRA_INDEX_URL"] = "https://c.example";
  CHECK(index_beside_main(on.host)->source == "`PIP_EXTRA_INDEX_URL`");
  on.host.variables["UV_INDEX"] = "https://d.example";
  CHECK(index_beside_main(on.host)->source == "`UV_INDEX`");
}

TEST_CASE("the PyTorch index has a base and a folder for each variant") {
  test::SettingsHost host;
  CHECK(choose_torch_index(std::nullopt, host)->url.text() == "https://download.pytorch.org/whl");
  host.variables["TORCHUP_TORCH_INDEX_URL"] = "https://me:pw@mirror.example/whl/";
  const auto base = choose_torch_index(std::nullopt, host);
  REQUIRE(base);
  CHECK(base->source == "`TORCHUP_TORCH_INDEX_URL`");
  const auto cpu = torch_variant_index(base->url, "cpu");
  CHECK(cpu->text() == "https://mirror.example/whl/cpu/");
  CHECK(cpu->userinfo() == "me:pw");
  CHECK(choose_torch_index("https://x.example", host)->source == "`--torch-index-url`");
}
