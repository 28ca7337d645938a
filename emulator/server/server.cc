#include "emulator/server/server.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "emulator/server/connection.h"
#include "emulator/server/server_context.h"
#include "emulator/server/tls_identity.h"

namespace kvs::emulator {

std::string ServerContext::NewRequestId() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  std::string id(kForm);
  for (char& c : id) {
    c = c == 'x' ? kDigits[random() & 0xF] : c;
  }
  return id;
}

struct Server::Impl {
  explicit Impl(Options options) : context(std::move(options)) {}

  std::string PrepareTls();
  const std::string& TlsDir();
  std::string ListenForIot();
  std::string ListenForCredentials();
  // Takes a client of a port other than that of the service.
  void OnOtherAccept(std::shared_ptr<Transport> transport, const std::string& peer, Connection::Port port);
  // "127.0.0.1", or "[::1]".
  std::string HostInUrl() const;
  std::string PrepareStreams();
  std::string WritePortFile() const;
  void OnAccept(std::shared_ptr<Transport> transport, const std::string& peer);
  // Stops and resumes listening as the faults say.
  void FollowFaults();
  void BeginStop();
  void WaitForEnd(Time give_up);

  ServerContext context;
  TlsIdentity identity;
  TlsIdentity device;
  std::unique_ptr<Timer> listen_timer = context.loop.NewTimer();
  std::unique_ptr<Timer> stop_timer = context.loop.NewTimer();
  bool listening = false;
  bool stopping = false;
};

Server::Server(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Server::~Server() = default;

std::string Server::Impl::PrepareTls() {
  Options& options = context.options;
  if (!options.tls && !options.iot_port) {
    return "";
  }
  identity = {options.certificate_file, options.key_file, ""};
  if (identity.certificate_file.empty()) {
    if (std::string problem = MakeTlsIdentity(TlsDir(), &identity); !problem.empty()) {
      return problem;
    }
  }
  return options.tls ? context.loop.UseTls(identity.certificate_file, identity.key_file) : "";
}

const std::string& Server::Impl::TlsDir() {
  Options& options = context.options;
  if (options.tls_dir.empty()) {
    options.tls_dir = options.data_dir;
  }
  if (options.tls_dir.empty()) {
    std::error_code error;
    const auto base = std::filesystem::temp_directory_path(error);
    options.tls_dir = (base / ("kvs-local-" + context.NewRequestId())).string();
  }
  return options.tls_dir;
}

std::string Server::Impl::ListenForIot() {
  const Options& options = context.options;
  if (!options.iot_port) {
    return "";
  }
  device.ca_file = options.iot_client_ca;
  if (device.ca_file.empty()) {
    if (std::string problem = MakeDeviceIdentity(TlsDir(), &device); !problem.empty()) {
      return problem;
    }
  }
  return context.loop.ListenForDevices(
      {identity.certificate_file, identity.key_file, device.ca_file, *options.iot_port},
      [this](std::shared_ptr<Transport> transport, const std::string& peer) {
        OnOtherAccept(std::move(transport), peer, Connection::Port::kIot);
      });
}

std::string Server::Impl::ListenForCredentials() {
  const Options& options = context.options;
  if (!options.credentials_port) {
    return "";
  }
  return context.loop.ListenForCredentials(
      options.tls ? identity.certificate_file : "", identity.key_file, *options.credentials_port,
      [this](std::shared_ptr<Transport> transport, const std::string& peer) {
        OnOtherAccept(std::move(transport), peer, Connection::Port::kCredentials);
      });
}

void Server::Impl::OnOtherAccept(std::shared_ptr<Transport> transport, const std::string& peer, Connection::Port port) {
  const std::uint64_t number = ++context.connections;
  context.service.LogEvent("connection", JsonObject().Number("connection", number).Text("peer", peer), context.loop.Now());
  std::make_shared<Connection>(context, std::move(transport), number, port)->Start();
}

std::string Server::Impl::HostInUrl() const {
  const std::string& host = context.options.host;
  return host.find(':') != std::string::npos ? "[" + host + "]" : host;
}

std::string Server::Impl::PrepareStreams() {
  const Time now = context.loop.Now();
  for (const auto& [name, hours] : context.options.streams) {
    StreamRegistry::NewStream stream;
    stream.name = name;
    stream.retention_hours = hours;
    const auto created = context.service.streams().Create(stream, now);
    if (const auto* error = std::get_if<ApiError>(&created)) {
      return "stream " + name + ": " + error->message;
    }
    context.service.streams().Activate(name);
  }
  for (const Fault& fault : context.options.faults) {
    context.service.AddFault(fault, now);
  }
  return "";
}

std::string Server::Impl::WritePortFile() const {
  const std::string& path = context.options.port_file;
  if (path.empty()) {
    return "";
  }
  const std::string draft = path + ".new";
  std::ofstream(draft) << context.loop.port() << '\n';
  std::error_code error;
  std::filesystem::rename(draft, path, error);
  return error ? "cannot write " + path + ": " + error.message() : "";
}

std::string Server::Start() {
  Options& options = impl_->context.options;
  if (!impl_->context.events.Open(options.events_file)) {
    return "cannot open " + options.events_file;
  }
  const Time now = impl_->context.loop.Now();
  impl_->context.verifier.Add({options.access_key, options.secret_key, options.session_token});
  for (const std::string& text : options.credentials) {
    impl_->context.verifier.Add(*ParseCredential(text, now));
  }
  std::string problem = impl_->PrepareTls();
  if (problem.empty()) {
    problem = impl_->PrepareStreams();
  }
  if (problem.empty()) {
    problem = impl_->context.loop.Listen(
        options.host, options.port, options.receive_buffer,
        [this](std::shared_ptr<Transport> transport, const std::string& peer) {
          impl_->OnAccept(std::move(transport), peer);
        });
  }
  if (problem.empty()) {
    problem = impl_->ListenForIot();
  }
  if (problem.empty()) {
    problem = impl_->ListenForCredentials();
  }
  if (problem.empty()) {
    problem = impl_->WritePortFile();
  }
  if (!problem.empty()) {
    return problem;
  }
  impl_->listening = true;
  impl_->context.on_faults_changed = [this] { impl_->FollowFaults(); };
  impl_->FollowFaults();
  impl_->context.service.LogEvent("listening", JsonObject().Text("url", url()), now);
  return "";
}

void Server::Impl::OnAccept(std::shared_ptr<Transport> transport, const std::string& peer) {
  const Time now = context.loop.Now();
  const std::uint64_t number = ++context.connections;
  JsonObject event;
  event.Number("connection", number).Text("peer", peer);
  FaultBook& faults = context.service.faults();
  if (const FaultBook::Entry* entry = faults.OnConnection(now)) {
    context.service.NoteFault(entry->id, now);
    context.service.LogEvent("connection", event.Text("refused", "refuse"), now);
    if (entry->fault.refuse_mode == RefuseMode::kReset) {
      transport->Close(/*reset=*/true);
    } else {
      transport->Close(/*reset=*/false);
    }
    return;
  }
  if (const FaultBook::Entry* entry = context.options.tls ? faults.OnHandshake(now) : nullptr) {
    context.service.NoteFault(entry->id, now);
    context.service.LogEvent("connection", event.Text("refused", "tls-fail"), now);
    transport->FailHandshake();
    return;
  }
  context.service.LogEvent("connection", event, now);
  std::make_shared<Connection>(context, std::move(transport), number)->Start();
}

void Server::Impl::FollowFaults() {
  if (stopping) {
    return;
  }
  const Time now = context.loop.Now();
  const auto window = context.service.faults().NextUnlisten(now);
  const bool want_listening = !window || now < window->begin;
  if (!want_listening && listening) {
    context.service.NoteFault(window->id, now);
    context.loop.PauseListening();
    listening = false;
  } else if (want_listening && !listening) {
    listening = context.loop.ResumeListening().empty();
  }
  Time next = window ? (want_listening ? window->begin : window->end) : kForever;
  if (want_listening && !listening) {
    next = now + std::chrono::milliseconds(100);  // somebody has the port: try again
  }
  listen_timer->Arm(next, [this] { FollowFaults(); });
}

void Server::Impl::BeginStop() {
  if (std::exchange(stopping, true)) {
    return;
  }
  listen_timer->Cancel();
  context.loop.PauseListening();
  std::vector<std::uint64_t> keys;
  for (const auto& [key, stoppable] : context.stoppables) {
    keys.push_back(key);
  }
  for (const std::uint64_t key : keys) {
    const auto it = context.stoppables.find(key);
    if (it != context.stoppables.end()) {
      it->second->Shutdown();
    }
  }
  constexpr Duration kMaxWait = std::chrono::milliseconds(500);
  WaitForEnd(context.loop.Now() + kMaxWait);
}

void Server::Impl::WaitForEnd(Time give_up) {
  constexpr Duration kPollInterval = std::chrono::milliseconds(10);
  const Time now = context.loop.Now();
  if (now < give_up && (!context.stoppables.empty() || context.loop.open_transports() > 0)) {
    stop_timer->Arm(now + kPollInterval, [this, give_up] { WaitForEnd(give_up); });
    return;
  }
  const StreamTotals totals = context.service.Totals();
  context.service.LogEvent("done",
                           JsonObject()
                               .Number("fragments_persisted", totals.fragments_persisted)
                               .Number("fragments_received", totals.fragments_received)
                               .Number("duplicates", totals.duplicates)
                               .Number("error_acks", totals.error_acks)
                               .Number("sessions", totals.sessions),
                           now);
  context.loop.Stop();
}

void Server::HandleSignals() {
  impl_->context.loop.OnTermination([this] { impl_->BeginStop(); });
}

void Server::Run() {
  impl_->context.loop.Run();
}

void Server::Stop() {
  impl_->context.loop.Post([this] { impl_->BeginStop(); });
}

std::string Server::url() const {
  return (impl_->context.options.tls ? "https://" : "http://") + impl_->HostInUrl() + ":" + std::to_string(port());
}

std::uint16_t Server::port() const {
  return impl_->context.loop.port();
}

const std::string& Server::ca_file() const {
  return impl_->identity.ca_file;
}

std::string Server::iot_endpoint() const {
  return impl_->context.options.iot_port ? impl_->HostInUrl() + ":" + std::to_string(impl_->context.loop.device_port()) : "";
}

std::string Server::credentials_url() const {
  const Options& options = impl_->context.options;
  return options.credentials_port ? (options.tls ? "https://" : "http://") + impl_->HostInUrl() + ":" +
                                        std::to_string(impl_->context.loop.credentials_port())
                                  : "";
}

const TlsIdentity& Server::device() const {
  return impl_->device;
}

StreamTotals Server::Totals() const {
  return impl_->context.service.Totals();
}

std::string Server::Summary() const {
  const StreamTotals totals = Totals();
  return std::to_string(totals.fragments_persisted) + " fragments persisted, " +
         std::to_string(totals.fragments_received) + " received only, " +
         std::to_string(totals.duplicates) + " duplicates, " + std::to_string(totals.error_acks) +
         " errors, " + std::to_string(totals.sessions) + " sessions";
}

}  // namespace kvs::emulator
