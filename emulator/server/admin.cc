#include "emulator/server/admin.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace kvs::emulator {
namespace {

constexpr std::string_view kDone = "{}";

ApiAnswer NotFound() {
  return ApiAnswer::Refused({404, "ResourceNotFoundException", "There is nothing here"});
}
ApiAnswer Bad(std::string message) {
  return ApiAnswer::Refused({400, "InvalidArgumentException", std::move(message)});
}

// The lines of `body` that are not empty.
std::vector<std::string_view> Lines(std::string_view body) {
  std::vector<std::string_view> lines;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    std::string_view line = body.substr(0, end);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (!line.empty()) {
      lines.push_back(line);
    }
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return lines;
}

ApiAnswer ListFaults(const ServerContext& context, FaultBook& faults) {
  JsonArray list;
  for (const auto& [id, entry] : faults.entries()) {
    JsonObject json;
    json.Number("id", id)
        .Text("spec", entry.fault.spec)
        .Number("triggered", entry.triggered)
        .Bool("active", faults.Active(id, context.loop.Now()));
    list.Add(json.str());
  }
  return ApiAnswer::Ok(JsonObject().Raw("faults", list.str()).str());
}

ApiAnswer AddFaults(ServerContext& context, std::string_view body) {
  std::vector<Fault> faults;
  for (const std::string_view line : Lines(body)) {
    auto parsed = ParseFault(line);
    if (const auto* problem = std::get_if<std::string>(&parsed)) {
      return Bad(std::string(line) + ": " + *problem);
    }
    faults.push_back(std::get<Fault>(std::move(parsed)));
  }
  JsonArray ids;
  for (Fault& fault : faults) {
    ids.Add(std::to_string(context.service.AddFault(std::move(fault), context.loop.Now())));
  }
  context.on_faults_changed();
  return ApiAnswer::Ok(JsonObject().Raw("ids", ids.str()).str());
}

ApiAnswer HandleFaults(ServerContext& context, std::string_view method, std::string_view id_text,
                       std::string_view body) {
  if (method == "GET" && id_text.empty()) {
    return ListFaults(context, context.service.faults());
  }
  if (method == "POST" && id_text.empty()) {
    return AddFaults(context, body);
  }
  if (method != "DELETE") {
    return NotFound();
  }
  int id = 0;
  std::from_chars(id_text.data(), id_text.data() + id_text.size(), id);
  if (id_text.empty()) {
    context.service.ClearFaults();
  } else if (!context.service.RemoveFault(id)) {
    return NotFound();
  }
  context.on_faults_changed();
  return ApiAnswer::Ok(std::string(kDone));
}

ApiAnswer HandleCredentials(ServerContext& context, std::string_view method, std::string_view id,
                            std::string_view body) {
  if (method == "DELETE") {
    if (id.empty()) {
      context.verifier.Clear();
    } else if (!context.verifier.Remove(std::string(id))) {
      return NotFound();
    }
    return ApiAnswer::Ok(std::string(kDone));
  }
  if (method != "POST") {
    return NotFound();
  }
  std::vector<Credential> credentials;
  for (const std::string_view line : Lines(body)) {
    auto credential = ParseCredential(line, context.loop.Now());
    if (!credential) {
      return Bad("not ID:SECRET[:TOKEN[:DURATION]]");
    }
    credentials.push_back(std::move(*credential));
  }
  for (Credential& credential : credentials) {
    context.verifier.Add(std::move(credential));
  }
  return ApiAnswer::Ok(std::string(kDone));
}

ApiAnswer ListFragments(ServerContext& context, std::string_view stream) {
  JsonArray list;
  for (const Fragment& fragment : context.service.FragmentsOf(std::string(stream))) {
    list.Add(context.store.Line(fragment));
  }
  return ApiAnswer::Ok(JsonObject().Raw("fragments", list.str()).str());
}

ApiAnswer Stats(ServerContext& context) {
  JsonObject stats = context.service.Stats(context.loop.Now());
  stats.Number("connections", context.connections)
      .Number("open_connections", context.open_connections)
      .Number("resumed_connections", context.resumed_connections);
  return ApiAnswer::Ok(stats.str());
}

ApiAnswer Reset(ServerContext& context) {
  std::vector<Stoppable*> exchanges;
  for (const auto& [key, stoppable] : context.stoppables) {
    exchanges.push_back(stoppable);
  }
  for (Stoppable* stoppable : exchanges) {
    stoppable->AbortSession();
  }
  context.service.Reset();
  context.on_faults_changed();
  return ApiAnswer::Ok(std::string(kDone));
}

}  // namespace

ApiAnswer HandleAdmin(ServerContext& context, std::string_view method, std::string_view path,
                      std::string_view body) {
  constexpr std::string_view kRoot = "/_local/";
  constexpr std::string_view kFragments = "/fragments";
  path.remove_prefix(std::min(kRoot.size(), path.size()));
  const std::size_t slash = std::min(path.find('/'), path.size());
  const std::string_view topic = path.substr(0, slash);
  std::string_view rest = path.substr(std::min(slash + 1, path.size()));
  if (topic == "faults") {
    return HandleFaults(context, method, rest, body);
  } else if (topic == "credentials") {
    return HandleCredentials(context, method, rest, body);
  } else if (topic == "stats" && method == "GET") {
    return Stats(context);
  } else if (topic == "reset" && method == "POST") {
    return Reset(context);
  } else if (topic == "streams" && method == "GET" && rest.ends_with(kFragments)) {
    rest.remove_suffix(kFragments.size());
    return ListFragments(context, rest);
  }
  return NotFound();
}

}  // namespace kvs::emulator
