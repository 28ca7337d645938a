#include "producer/net/proxy.h"

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kvs::net {
namespace {

using testing::HasSubstr;
using testing::Not;

using Variables = std::map<std::string, std::string>;

EnvironmentLookup In(Variables variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

// The proxy for a URL, "direct", or the error.
std::string Way(const std::string& url, const Variables& variables, std::optional<std::string> setting = {}) {
  const Result<Proxies> proxies = ResolveProxies({std::move(setting), "", ""}, In(variables));
  if (!proxies.ok()) {
    return proxies.status().ToString();
  }
  const Proxy* proxy = proxies->For(url);
  return proxy == nullptr ? "direct" : proxy->url;
}

constexpr char kHttps[] = "https://kinesisvideo.us-west-2.amazonaws.com/describeStream";
constexpr char kHttp[] = "http://127.0.0.1:8080/describeStream";

TEST(ProxyTest, TakesAUrlApart) {
  const struct {
    const char* text;
    const char* url;
    const char* user;
    const char* password;
  } cases[] = {
      {"http://proxy.example:3128", "http://proxy.example:3128", "", ""},
      {"proxy.example:3128", "http://proxy.example:3128", "", ""},
      {"HTTPS://Proxy.Example/", "https://proxy.example", "", ""},
      {"http://me:secret@proxy.example:8080", "http://proxy.example:8080", "me", "secret"},
      {"me@proxy.example", "http://proxy.example", "me", ""},
      {"http://me:a%40b%3A%2f@proxy.example", "http://proxy.example", "me", "a@b:/"},
      {"http://me:a@b:c@proxy.example", "http://proxy.example", "me", "a@b:c"},
      {"http://me:100%@proxy.example", "http://proxy.example", "me", "100%"},
      {"http://[::1]:3128", "http://[::1]:3128", "", ""},
      {"socks5h://proxy.example:1080", "socks5h://proxy.example:1080", "", ""},
  };
  for (const auto& c : cases) {
    const Result<Proxy> proxy = ParseProxy("proxy", c.text);
    ASSERT_TRUE(proxy.ok()) << c.text << ": " << proxy.status().ToString();
    EXPECT_EQ(proxy->url, c.url);
    EXPECT_EQ(proxy->user, c.user);
    EXPECT_EQ(proxy->password.Reveal(), c.password);
  }
}

TEST(ProxyTest, WhatIsNoProxyIsRefusedWithoutItsUserInfo) {
  for (const char* text : {"http://me:secret@", "ftp://me:secret@proxy.example", "http://me:secret@ho st", "me:secret@host:0",
                           "http://me:secret@proxy.example/path", "me:secret@proxy.example?a=b", "secret://secret", ""}) {
    const Result<Proxy> proxy = ParseProxy("HTTPS_PROXY", text);
    EXPECT_EQ(proxy.status().code(), StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(proxy.status().message(), HasSubstr("HTTPS_PROXY: ")) << text;
    EXPECT_THAT(proxy.status().message(), HasSubstr("http://proxy.example:3128")) << text;
    EXPECT_THAT(proxy.status().message(), Not(HasSubstr("secret"))) << text;
  }
}

TEST(ProxyTest, ShowsNoUserInfo) {
  EXPECT_EQ(RedactProxyUrl("http://me:secret@proxy.example:3128"), "http://***@proxy.example:3128");
  EXPECT_EQ(RedactProxyUrl("me:se@cret@proxy.example"), "***@proxy.example");
  EXPECT_EQ(RedactProxyUrl("http://proxy.example:3128"), "http://proxy.example:3128");
  EXPECT_EQ(RedactProxyUrl("me:se://cret@proxy.example:3128"), "***@proxy.example:3128");
  EXPECT_EQ(RedactProxyUrl(""), "");
}

TEST(ProxyTest, VariablesGoByTheSchemeOfTheRequestAndLowerCaseComesFirst) {
  EXPECT_EQ(Way(kHttps, {}), "direct");
  EXPECT_EQ(Way(kHttps, {{"https_proxy", "a"}, {"HTTPS_PROXY", "b"}, {"ALL_PROXY", "c"}}), "http://a");
  EXPECT_EQ(Way(kHttps, {{"https_proxy", ""}, {"HTTPS_PROXY", "b"}, {"all_proxy", "c"}}), "http://b");
  EXPECT_EQ(Way(kHttps, {{"all_proxy", "c"}, {"ALL_PROXY", "d"}}), "http://c");
  EXPECT_EQ(Way(kHttps, {{"ALL_PROXY", "d"}}), "http://d");
  EXPECT_EQ(Way(kHttps, {{"http_proxy", "e"}}), "direct");
  EXPECT_EQ(Way(kHttp, {{"http_proxy", "e"}, {"https_proxy", "a"}}), "http://e");
  EXPECT_EQ(Way(kHttp, {{"HTTP_PROXY", "f"}}), "direct") << "a header of a CGI's client";
  EXPECT_EQ(Way(kHttp, {{"HTTP_PROXY", "f"}, {"ALL_PROXY", "d"}}), "http://d");
}

TEST(ProxyTest, ASettingComesBeforeAllVariablesAndAnEmptyOneMeansNone) {
  const Variables variables = {{"https_proxy", "a"}, {"http_proxy", "b"}, {"no_proxy", "10.0.0.0/8"}};
  EXPECT_EQ(Way(kHttps, variables, "c"), "http://c");
  EXPECT_EQ(Way(kHttp, variables, "c"), "http://c");
  EXPECT_EQ(Way(kHttps, variables, ""), "direct");
  EXPECT_EQ(Way("https://10.1.2.3/", variables, "c"), "direct");
  EXPECT_THAT(Way(kHttps, {{"HTTPS_PROXY", "ftp://x"}}), HasSubstr("HTTPS_PROXY: "));
  EXPECT_EQ(Way(kHttps, {{"HTTPS_PROXY", "ftp://x"}}, "c"), "http://c") << "not looked at";
}

TEST(ProxyTest, ALoginOfItsOwnReplacesThatOfTheUrl) {
  Result<Proxies> proxies = ResolveProxies({"http://me:secret@p", "you", "other"}, In({}));
  EXPECT_EQ(proxies->https.user, "you");
  EXPECT_EQ(proxies->https.password.Reveal(), "other");
  EXPECT_EQ(proxies->http.user, "you");
  proxies = ResolveProxies({std::nullopt, "", "other"}, In({{"https_proxy", "http://me:secret@p"}}));
  EXPECT_EQ(proxies->https.user, "me");
  EXPECT_EQ(proxies->https.password.Reveal(), "other");
}

TEST(ProxyTest, NoProxyHasNamesAddressesAndBlocks) {
  const struct {
    const char* list;
    const char* host;
    bool has;
  } cases[] = {
      {"", "a.example", false},
      {"*", "a.example", true},
      {"example", "a.example", true},
      {".example", "a.example", true},
      {".example", "example", true},
      {"a.example", "example", false},
      {"ample", "a.example", false},
      {"A.Example", "a.example", true},
      {"a.example.", "a.example", true},
      {"a.example", "a.example.", true},
      {"x, a.example ,y", "a.example", true},
      {"x  a.example", "a.example", true},
      {",,", "a.example", false},
      {"localhost", "localhost", true},
      {"127.0.0.1", "127.0.0.1", true},
      {"7.0.0.1", "127.0.0.1", false},
      {"127.0.0.0/8", "127.9.8.7", true},
      {"128.0.0.0/8", "127.9.8.7", false},
      {"192.168.4.0/22", "192.168.7.255", true},
      {"192.168.4.0/22", "192.168.8.0", false},
      {"0.0.0.0/0", "1.2.3.4", true},
      {"1.2.3.4/33", "1.2.3.4", false},
      {"1.2.3.4/x", "1.2.3.4", false},
      {"::1", "[::1]", true},
      {"[::1]", "[::1]", true},
      {"fd00::/8", "[fd12::3]", true},
      {"fd00::/8", "[fe12::3]", false},
      {"0.0.0.0/0", "[::1]", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(HasHost(c.list, c.host), c.has) << c.list << " " << c.host;
  }
}

}  // namespace
}  // namespace kvs::net
