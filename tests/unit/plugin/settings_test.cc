#include "plugin/settings.h"

#include <map>
#include <ostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugin/gst_environment.h"

namespace kvs::plugin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

struct World {
  std::map<std::string, std::string> environment;
  std::string readable_file;
  bool audio_only = false;

  Surroundings Make() const {
    Surroundings world;
    world.environment = [this](const char* name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    world.is_readable = [this](const std::string& path) { return path == readable_file; };
    world.audio_only = audio_only;
    return world;
  }
};

Settings WithKeys() {
  Settings settings;
  settings.access_key = Secret("AKIDPROPERTY");
  settings.secret_key = Secret("property-secret");
  return settings;
}

Result<Resolved> ResolveIn(const Settings& settings, const World& world) {
  return Resolve(settings, world.Make());
}

// What the source answers with; a source that asks nobody answers at once.
Credentials Fetched(const Resolved& resolved) {
  class NoNetwork final : public NetworkServices {
   public:
    WallTime wall_now() const override { return WallTime::FromSeconds(1'700'000'000); }
    MonoTime mono_now() const override { return MonoTime::FromSeconds(1); }
    void Post(std::function<void()> task) override { task(); }
    net::Transport* transport() override { return nullptr; }
  } network;
  Credentials credentials;
  resolved.producer.credentials->Fetch(network, [&](Result<Credentials> answer) {
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    credentials = std::move(answer).value();
  });
  return credentials;
}

TEST(ResolveTest, RegionIsPropertyThenVariablesThenDefault) {
  World world;
  Settings settings = WithKeys();
  EXPECT_EQ(ResolveIn(settings, world)->producer.region, "us-west-2");
  world.environment["AWS_REGION"] = "eu-north-1";
  EXPECT_EQ(ResolveIn(settings, world)->producer.region, "eu-north-1");
  world.environment["AWS_DEFAULT_REGION"] = "eu-west-1";
  EXPECT_EQ(ResolveIn(settings, world)->producer.region, "eu-west-1");
  settings.aws_region = "ap-south-1";
  EXPECT_EQ(ResolveIn(settings, world)->producer.region, "ap-south-1");
}

TEST(ResolveTest, EndpointAndCaPathArePropertyThenVariable) {
  World world;
  Settings settings = WithKeys();
  EXPECT_EQ(ResolveIn(settings, world)->producer.endpoint, "");
  world.environment["CONTROL_PLANE_URI"] = "http://127.0.0.1:1";
  world.environment["KVSSINK_CA_CERT_PATH"] = "/ca.pem";
  EXPECT_EQ(ResolveIn(settings, world)->producer.endpoint, "http://127.0.0.1:1");
  EXPECT_EQ(ResolveIn(settings, world)->producer.ca_path, "/ca.pem");
  settings.endpoint = "https://here:2";
  settings.ca_path = "/mine.pem";
  EXPECT_EQ(ResolveIn(settings, world)->producer.endpoint, "https://here:2");
  EXPECT_EQ(ResolveIn(settings, world)->producer.ca_path, "/mine.pem");
}

TEST(ResolveTest, EndpointMayBeThatOfTheAwsCommandLine) {
  World world;
  Settings settings = WithKeys();
  world.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566/";
  EXPECT_EQ(ResolveIn(settings, world)->producer.endpoint, "http://127.0.0.1:4566");
  world.environment["AWS_ENDPOINT_URL_KINESIS_VIDEO"] = "http://127.0.0.1:2";
  EXPECT_EQ(ResolveIn(settings, world)->producer.endpoint, "http://127.0.0.1:2");
  world.environment["CONTROL_PLANE_URI"] = "127.0.0.1:1";
  EXPECT_EQ(ResolveIn(settings, world)->producer.endpoint, "https://127.0.0.1:1");
  world.environment["CONTROL_PLANE_URI"] = "a b";
  EXPECT_THAT(ResolveIn(settings, world).status().message(), HasSubstr("CONTROL_PLANE_URI"));
}

// What Amazon's element knows nothing of does not move a stream to another region.
TEST(ResolveTest, NoProfileSaysWhereTheServiceIsForCredentialsAsAmazonHasThem) {
  World world;
  EXPECT_EQ(ResolveIn(WithKeys(), world)->producer.profile, std::nullopt);
  world.environment = {{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "b"}};
  EXPECT_EQ(ResolveIn({}, world)->producer.profile, std::nullopt);
  world.environment.clear();
  world.readable_file = ".kvs/credential";
  const auto resolved = ResolveIn({}, world);
  EXPECT_EQ(resolved->producer.profile, std::nullopt);
  EXPECT_EQ(resolved->producer.region, "us-west-2");
}

TEST(ResolveTest, AProfileAndTheInstanceSayWhereTheServiceIsForOtherCredentials) {
  World world;
  world.environment = {{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "b"}};
  Settings settings;
  settings.profile = "door";
  auto resolved = ResolveIn(settings, world);
  ASSERT_TRUE(resolved.ok()) << resolved.status().ToString();
  EXPECT_EQ(resolved->producer.profile, "door");
  EXPECT_EQ(resolved->producer.region, "") << "the instance is asked, later";
  EXPECT_THAT(resolved->service, HasSubstr("EC2 instance"));
  settings.profile.reset();
  settings.credential_source = CredentialChoice::kImds;
  resolved = ResolveIn(settings, world);
  EXPECT_EQ(resolved->producer.profile, "");
  EXPECT_EQ(resolved->producer.region, "");
  world.environment["AWS_REGION"] = "eu-north-1";
  EXPECT_EQ(ResolveIn(settings, world)->producer.region, "eu-north-1");
  settings.credential_source = CredentialChoice::kEnvironment;
  EXPECT_EQ(ResolveIn(settings, world)->producer.profile, std::nullopt);
}

TEST(ResolveTest, HostAndAddressesArePropertyThenVariable) {
  World world;
  Settings settings = WithKeys();
  ProducerConfig config = ResolveIn(settings, world)->producer;
  EXPECT_FALSE(*config.dual_stack);
  EXPECT_FALSE(*config.fips);
  EXPECT_EQ(*config.ip_version, IpVersion::kAny);
  world.environment["AWS_USE_DUALSTACK_ENDPOINT"] = "TRUE";
  world.environment["AWS_USE_FIPS_ENDPOINT"] = "trueish";
  world.environment["AWS_KVS_USE_IPV6"] = "0";
  config = ResolveIn(settings, world)->producer;
  EXPECT_TRUE(*config.dual_stack);
  EXPECT_TRUE(*config.fips);
  EXPECT_EQ(*config.ip_version, IpVersion::kV6) << "anything counts";
  world.environment["AWS_KVS_USE_IPV4"] = "1";
  EXPECT_EQ(*ResolveIn(settings, world)->producer.ip_version, IpVersion::kV4) << "IPv4 first";
  settings.ip_version = IpVersionChoice::kV6;
  EXPECT_EQ(*ResolveIn(settings, world)->producer.ip_version, IpVersion::kV6);
  world.environment = {{"AWS_USE_DUALSTACK_ENDPOINT", "1"}, {"AWS_USE_FIPS_ENDPOINT", ""}, {"AWS_KVS_USE_IPV4", ""}};
  settings = WithKeys();
  config = ResolveIn(settings, world)->producer;
  EXPECT_FALSE(*config.dual_stack);
  EXPECT_FALSE(*config.fips);
  EXPECT_EQ(*config.ip_version, IpVersion::kAny);
  settings.dual_stack = true;
  settings.fips = true;
  const Result<Resolved> resolved = ResolveIn(settings, world);
  EXPECT_TRUE(*resolved->producer.dual_stack);
  EXPECT_TRUE(*resolved->producer.fips);
  EXPECT_THAT(resolved->service, HasSubstr("endpoint with dual-stack and fips")) << "for whom it cannot be found";
  EXPECT_THAT(resolved->notes, IsEmpty());
}

TEST(ResolveTest, TheVariableSaysHowManyNetworkThreadsThereAre) {
  World world;
  const auto threads = [&world](const char* value) {
    world.environment["KVS_NETWORK_THREADS"] = value;
    return ResolveIn(WithKeys(), world)->producer.network_threads;
  };
  EXPECT_EQ(ResolveIn(WithKeys(), world)->producer.network_threads, 1U);
  EXPECT_EQ(threads("4"), 4U);
  EXPECT_EQ(threads("100"), 16U) << "the most that there are";
  for (const char* nothing : {"", "0", "-2", "two", "2x", "99999999999"}) {
    EXPECT_EQ(threads(nothing), 1U) << nothing;
  }
}

TEST(ResolveTest, NotesSayWhatAnEndpointOrTheAddressesMakeOfTheHost) {
  World world;
  world.environment["AWS_USE_FIPS_ENDPOINT"] = "true";
  Settings settings = WithKeys();
  settings.endpoint = "https://here:1";
  settings.dual_stack = true;
  EXPECT_THAT(ResolveIn(settings, world)->notes, ElementsAre(HasSubstr("dual-stack and fips: no effect")));
  settings.ip_version = IpVersionChoice::kV6;
  settings.dual_stack = false;
  EXPECT_THAT(ResolveIn(settings, world)->notes, ElementsAre(HasSubstr("fips: no effect")));
  settings.endpoint.reset();
  EXPECT_THAT(ResolveIn(settings, world)->notes, ElementsAre(HasSubstr("set dual-stack=true")));
}

TEST(ResolveTest, TheProxyIsHandedOverWithTheEnvironmentToLookIn) {
  World world;
  world.environment["https_proxy"] = "http://variable:1";
  Settings settings = WithKeys();
  ProducerConfig config = ResolveIn(settings, world)->producer;
  EXPECT_FALSE(config.proxy.has_value());
  settings.proxy = "";
  EXPECT_EQ(ResolveIn(settings, world)->producer.proxy, "");
  settings.proxy = "http://property:1";
  settings.proxy_id = "me";
  settings.proxy_pw = Secret("secret");
  const Surroundings surroundings = world.Make();
  config = Resolve(settings, surroundings)->producer;
  EXPECT_EQ(config.proxy, "http://property:1");
  EXPECT_EQ(config.proxy_user, "me");
  EXPECT_EQ(config.proxy_password->Reveal(), "secret");
  EXPECT_EQ(config.environment("https_proxy"), "http://variable:1");
}

TEST(ResolveTest, DebuggingIsOnlyForVariables) {
  World world;
  const Settings settings = WithKeys();
  DebugOptions debug = *ResolveIn(settings, world)->producer.debug;
  EXPECT_EQ(debug.dump_folder, "");
  EXPECT_FALSE(debug.log_frames || debug.log_curl);
  world.environment = {{"KVS_DEBUG_DUMP_DATA_FILE_DIR", "/dump"}, {"DEBUG_DUMP_FRAME_INFO", "0"}, {"KVS_CURL_DEBUG", "1"}};
  debug = *ResolveIn(settings, world)->producer.debug;
  EXPECT_EQ(debug.dump_folder, "/dump");
  EXPECT_TRUE(debug.log_frames && debug.log_curl);
}

TEST(ResolveTest, CredentialsOfPropertiesWinAndTakeNoForeignToken) {
  World world;
  world.environment = {{"AWS_ACCESS_KEY_ID", "AKIDENV"},
                       {"AWS_SECRET_ACCESS_KEY", "env-secret"},
                       {"AWS_SESSION_TOKEN", "env-token"}};
  const Credentials got = Fetched(*ResolveIn(WithKeys(), world));
  EXPECT_EQ(got.access_key_id, "AKIDPROPERTY");
  EXPECT_EQ(got.secret_access_key.Reveal(), "property-secret");
  EXPECT_TRUE(got.session_token.empty());
}

TEST(ResolveTest, CredentialsOfTheEnvironmentComeWithTheirToken) {
  World world;
  world.environment = {{"AWS_ACCESS_KEY_ID", "AKIDENV"},
                       {"AWS_SECRET_ACCESS_KEY", "env-secret"},
                       {"AWS_SESSION_TOKEN", "env-token"}};
  Settings settings;
  settings.session_token = Secret("property-token");
  const Result<Resolved> resolved = ResolveIn(settings, world);
  const Credentials got = Fetched(*resolved);
  EXPECT_EQ(got.access_key_id, "AKIDENV");
  EXPECT_EQ(got.session_token.Reveal(), "env-token");
  EXPECT_THAT(resolved->notes, ElementsAre(HasSubstr("session-token is ignored")));
}

TEST(ResolveTest, CredentialFileIsTheLastResort) {
  World world;
  world.readable_file = ".kvs/credential";
  const Result<Resolved> resolved = ResolveIn(Settings(), world);
  ASSERT_TRUE(resolved.ok()) << resolved.status().ToString();
  EXPECT_EQ(resolved->credentials_from, "the file .kvs/credential");
}

TEST(ResolveTest, MissingCredentialsSayWhatWasTried) {
  World world;
  // Wherever this runs.
  world.environment = {{"AWS_ACCESS_KEY_ID", "AKIDENV"}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  const Status status = ResolveIn(Settings(), world).status();
  EXPECT_EQ(status.code(), StatusCode::kNoCredentials);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("access-key"), HasSubstr("AWS_SECRET_ACCESS_KEY is"),
                    HasSubstr(".kvs/credential")));
}

TEST(ResolveTest, AProfileThatIsSetComesBeforeTheEnvironmentAndAfterKeysThatAreSet) {
  World world;
  world.environment = {{"AWS_ACCESS_KEY_ID", "AKIDENV"}, {"AWS_SECRET_ACCESS_KEY", "env-secret"}};
  world.readable_file = ".kvs/credential";
  Settings settings;
  settings.profile = "door";
  EXPECT_EQ(ResolveIn(settings, world)->credentials_from, "credential-source=default with profile \"door\"");
  settings.access_key = Secret("AKIDPROPERTY");
  settings.secret_key = Secret("property-secret");
  EXPECT_EQ(Fetched(*ResolveIn(settings, world)).access_key_id, "AKIDPROPERTY");
}

TEST(ResolveTest, WhatTheAwsCommandLineWouldFindIsTheLastResort) {
  World world;
  world.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1:1/a";
  EXPECT_EQ(ResolveIn(Settings(), world)->credentials_from, "credential-source=default");
  world.readable_file = ".kvs/credential";
  EXPECT_EQ(ResolveIn(Settings(), world)->credentials_from, "the file .kvs/credential");
}

TEST(ResolveTest, ASourceThatIsChosenIsTheOnlyOne) {
  World world;
  world.environment = {{"AWS_ACCESS_KEY_ID", "AKIDENV"}, {"AWS_SECRET_ACCESS_KEY", "env-secret"}};
  Settings settings = WithKeys();
  settings.credential_source = CredentialChoice::kEnvironment;
  const Result<Resolved> resolved = ResolveIn(settings, world);
  EXPECT_EQ(Fetched(*resolved).access_key_id, "AKIDENV");
  EXPECT_THAT(resolved->notes, ElementsAre(HasSubstr("access-key is not used")));
  settings.credential_source = CredentialChoice::kStatic;
  EXPECT_EQ(Fetched(*ResolveIn(settings, world)).access_key_id, "AKIDPROPERTY");
  settings.credential_source = CredentialChoice::kImds;
  EXPECT_EQ(ResolveIn(settings, world)->credentials_from, "credential-source=imds");
  settings.credential_source = CredentialChoice::kWebIdentity;
  settings.profile = "door";
  EXPECT_EQ(ResolveIn(settings, world)->credentials_from, "credential-source=web-identity with profile \"door\"");
}

TEST(ResolveTest, ASourceThatIsChosenNeedsWhatItIsMadeOf) {
  const auto refused = [](CredentialChoice choice) {
    Settings settings;
    settings.credential_source = choice;
    const Status status = ResolveIn(settings, World()).status();
    EXPECT_EQ(status.code(), StatusCode::kNoCredentials);
    return status.message();
  };
  EXPECT_THAT(refused(CredentialChoice::kIot), HasSubstr("iot-certificate"));
  EXPECT_THAT(refused(CredentialChoice::kStatic), HasSubstr("access-key and secret-key"));
  EXPECT_THAT(refused(CredentialChoice::kFile), HasSubstr(".kvs/credential"));
  EXPECT_THAT(refused(CredentialChoice::kEnvironment), HasSubstr("AWS_ACCESS_KEY_ID is not set"));
}

TEST(ResolveTest, HalfAPairOfKeysIsAnError) {
  Settings settings;
  settings.access_key = Secret("AKID");
  const Status status = ResolveIn(settings, World()).status();
  EXPECT_EQ(status.code(), StatusCode::kNoCredentials);
  EXPECT_THAT(status.message(), HasSubstr("secret-key is missing"));
}

struct BadSetting {
  const char* name;
  void (*change)(Settings&);
  const char* message;
  friend void PrintTo(const BadSetting& c, std::ostream* out) { *out << c.name; }
};

class BadSettingTest : public ::testing::TestWithParam<BadSetting> {};

TEST_P(BadSettingTest, IsRefusedByName) {
  Settings settings = WithKeys();
  GetParam().change(settings);
  const Result<Resolved> resolved = ResolveIn(settings, World());
  ASSERT_FALSE(resolved.ok());
  EXPECT_EQ(resolved.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(resolved.status().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadSettingTest,
    ::testing::Values(
        BadSetting{"NoName", [](Settings& s) { s.stream_name.reset(); }, "stream-name is not set"},
        BadSetting{"EmptyName", [](Settings& s) { s.stream_name = ""; }, "stream-name is not set"},
        BadSetting{"NameWithSpace", [](Settings& s) { s.stream_name = "a b"; }, "\"a b\""},
        BadSetting{"LongName", [](Settings& s) { s.stream_name = std::string(257, 'a'); },
                   "stream-name has 257"},
        BadSetting{"LongCodecId", [](Settings& s) { s.codec_id = std::string(33, 'a'); },
                   "codec-id has 33"},
        BadSetting{"LongTrackName", [](Settings& s) { s.track_name = std::string(33, 'a'); },
                   "track-name has 33"},
        BadSetting{"LongUserAgent", [](Settings& s) { s.user_agent = std::string(33, 'a'); },
                   "user-agent has 33"},
        BadSetting{"NoStorage", [](Settings& s) { s.storage_size_mib = 0; }, "storage-size=0"},
        BadSetting{"TooMuchStorage", [](Settings& s) { s.storage_size_mib = 10241; },
                   "storage-size=10241"},
        BadSetting{"OfflineWithoutAcks",
                   [](Settings& s) {
                     s.streaming_type = StreamingMode::kOffline;
                     s.fragment_acks = false;
                   },
                   "fragment-acks"},
        BadSetting{"StartTimeBeyondTime",
                   [](Settings& s) { s.file_start_time_s = 10'000'000'000ULL; }, "file-start-time"},
        BadSetting{"MetadataOfTheService",
                   [](Settings& s) {
                     s.metadata.reset(gst_structure_from_string("m,AWSx=1", nullptr));
                   },
                   "the property metadata: metadata \"AWSx\""},
        BadSetting{"EmptyMetadata",
                   [](Settings& s) {
                     s.metadata.reset(gst_structure_from_string("m,site=(string)\"\"", nullptr));
                   },
                   "metadata: the value of \"site\" is empty"},
        BadSetting{"TooMuchMetadata",
                   [](Settings& s) {
                     s.metadata.reset(gst_structure_from_string(
                         "m,a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1", nullptr));
                   },
                   "the property metadata: a fragment has at most 10"},
        BadSetting{"LongImagePrefix", [](Settings& s) { s.image_prefix = std::string(257, 'a'); },
                   "image-prefix: an image prefix of 257"},
        BadSetting{"Iot",
                   [](Settings& s) { s.iot_certificate.reset(gst_structure_new_empty("iot")); },
                   "iot-certificate"}),
    [](const auto& param) { return param.param.name; });

TEST(ResolveTest, StorageMayBeOneMebibyteToTenGibibytes) {
  Settings settings = WithKeys();
  settings.storage_size_mib = 1;
  EXPECT_EQ(ResolveIn(settings, World())->producer.storage_bytes, std::uint64_t{1} << 20);
  settings.storage_size_mib = 10240;
  EXPECT_EQ(ResolveIn(settings, World())->producer.storage_bytes, std::uint64_t{10} << 30);
}

TEST(ResolveTest, ConvertsUnits) {
  Settings settings = WithKeys();
  settings.retention_hours = 24;
  settings.fragment_duration_ms = 3000;
  settings.buffer_duration_s = 180;
  settings.connection_staleness_s = 30;
  settings.stop_stream_timeout_s = 7;
  const Result<Resolved> resolved = ResolveIn(settings, World());
  EXPECT_EQ(resolved->stream.retention, Duration::Hours(24));
  EXPECT_EQ(resolved->stream.fragment_duration, Duration::Seconds(3));
  EXPECT_EQ(resolved->stream.buffer_duration, Duration::Minutes(3));
  EXPECT_EQ(resolved->stream.connection_staleness, Duration::Seconds(30));
  EXPECT_EQ(resolved->stop_timeout, Duration::Seconds(7));
  EXPECT_THAT(resolved->notes, IsEmpty());
}

TEST(ResolveTest, ZeroMeansTheDefaultWhereItAlwaysDid) {
  Settings settings = WithKeys();
  settings.timecode_scale_ms = 0;
  settings.buffer_duration_s = 0;
  settings.stop_stream_timeout_s = 0;
  settings.connection_timeout_s = 0;
  settings.completion_timeout_s = 0;
  const Result<Resolved> resolved = ResolveIn(settings, World());
  EXPECT_EQ(resolved->stream.timecode_scale, Duration::Millis(1));
  EXPECT_EQ(resolved->stream.buffer_duration, Duration::Seconds(20));
  EXPECT_EQ(resolved->stop_timeout, Duration::Seconds(120));
  EXPECT_EQ(resolved->producer.connection_timeout, Duration::Seconds(5));
  EXPECT_EQ(resolved->producer.completion_timeout, Duration::Seconds(10));
}

TEST(ResolveTest, AWindowTooSmallForAFragmentIsWidened) {
  Settings settings = WithKeys();
  settings.buffer_duration_s = 5;
  const Result<Resolved> resolved = ResolveIn(settings, World());
  EXPECT_EQ(resolved->stream.buffer_duration, Duration::Seconds(20));
  EXPECT_THAT(resolved->notes, ElementsAre(HasSubstr("buffer-duration=5 is taken as 20")));
}

TEST(ResolveTest, AdjustsWhatCannotBeMeantAndSaysSo) {
  Settings settings = WithKeys();
  settings.connection_timeout_s = 30;
  settings.fragment_duration_ms = 500;
  const Result<Resolved> resolved = ResolveIn(settings, World());
  EXPECT_EQ(resolved->producer.connection_timeout, Duration::Seconds(5));
  EXPECT_EQ(resolved->stream.fragment_duration, Duration::Seconds(1));
  EXPECT_THAT(resolved->notes,
              ElementsAre(HasSubstr("fragment-duration=500"), HasSubstr("connection-timeout=30")));
}

TEST(ResolveTest, NearRealtimeIsRealtime) {
  Settings settings = WithKeys();
  settings.streaming_type = StreamingMode::kNearRealtime;
  EXPECT_EQ(ResolveIn(settings, World())->stream.streaming_type, StreamingType::kRealtime);
}

TEST(ResolveTest, OfflineNoticesDeadConnectionsAndMayHaveAStart) {
  Settings settings = WithKeys();
  settings.streaming_type = StreamingMode::kOffline;
  settings.file_start_time_s = 1'600'000'000;
  const Result<Resolved> resolved = ResolveIn(settings, World());
  EXPECT_EQ(resolved->stream.streaming_type, StreamingType::kOffline);
  EXPECT_EQ(resolved->stream.connection_staleness, Duration::Seconds(60));
  EXPECT_EQ(resolved->times.start, WallTime::FromSeconds(1'600'000'000));
  settings.file_start_time_s = 0;
  EXPECT_EQ(ResolveIn(settings, World())->times.start, std::nullopt);
}

TEST(ResolveTest, AudioAloneIsCutByDuration) {
  World world;
  EXPECT_TRUE(ResolveIn(WithKeys(), world)->stream.key_frame_fragmentation);
  world.audio_only = true;
  EXPECT_FALSE(ResolveIn(WithKeys(), world)->stream.key_frame_fragmentation);
}

TEST(ResolveTest, MetadataAndEventsAreTakenOver) {
  Settings settings = WithKeys();
  settings.metadata.reset(gst_structure_from_string("m,site=berlin,floor=5", nullptr));
  settings.image_generation = 3;
  settings.image_prefix = "door";
  settings.notification = 5;
  Result<Resolved> resolved = ResolveIn(settings, World());
  ASSERT_TRUE(resolved.ok()) << resolved.status().ToString();
  ASSERT_EQ(resolved->metadata.size(), 2U);
  EXPECT_EQ(resolved->metadata[1].name + resolved->metadata[1].value, "floor5");
  EXPECT_TRUE(resolved->metadata[1].persistent);
  EXPECT_EQ(resolved->events.image_every, 3U);
  EXPECT_EQ(resolved->events.image_prefix, "door");
  EXPECT_EQ(resolved->events.notification_every, 5U);
  EXPECT_EQ(resolved->events.shortest_fragment, Duration::Seconds(1));
  settings.key_frame_fragmentation = false;
  EXPECT_EQ(ResolveIn(settings, World())->events.shortest_fragment, Duration::Seconds(2));
  World sound;
  sound.audio_only = true;
  resolved = ResolveIn(settings, sound);
  EXPECT_EQ(resolved->events.image_every, 0U);
  EXPECT_THAT(resolved->notes, ElementsAre(HasSubstr("image-generation is not used")));
  settings.image_generation = 0;
  EXPECT_THAT(ResolveIn(settings, World())->notes, ElementsAre(HasSubstr("image-prefix")));
}

TEST(TagsTest, TakesNumbersAndTruthValues) {
  const StructurePtr s(
      gst_structure_from_string("tags,site=berlin,floor=5,lit=true,ratio=1/2", nullptr));
  const auto tags = PairsOf(s.get(), "stream-tags");
  ASSERT_TRUE(tags.ok());
  EXPECT_THAT(*tags, ElementsAre(Pair("site", "berlin"), Pair("floor", "5"), Pair("lit", "true"),
                                 Pair("ratio", "1/2")));
}

TEST(ResolveTest, APreRollMakesTheBufferLonger) {
  Settings settings = WithKeys();
  settings.pre_roll_s = 110;
  const auto resolved = ResolveIn(settings, {});
  ASSERT_TRUE(resolved.ok());
  EXPECT_EQ(resolved->stream.pre_roll, Duration::Seconds(110));
  EXPECT_EQ(resolved->stream.buffer_duration, Duration::Seconds(130));
  EXPECT_THAT(resolved->notes, ElementsAre(HasSubstr("buffer-duration=120 is taken as 130")));
  settings.pre_roll_s = 100;
  EXPECT_THAT(ResolveIn(settings, {})->notes, IsEmpty());
}

TEST(ResolveTest, OfflineRefusesAPreRoll) {
  Settings settings = WithKeys();
  settings.pre_roll_s = 10;
  settings.streaming_type = StreamingMode::kOffline;
  EXPECT_THAT(ResolveIn(settings, {}).status().message(), AllOf(HasSubstr("pre-roll=10"), HasSubstr("offline")));
}

}  // namespace
}  // namespace kvs::plugin
