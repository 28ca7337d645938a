#include "emulator/server/help_text.h"

namespace kvs::emulator {

std::string_view HelpText() {
  return R"(Usage: kvs-local [OPTION]...

A local Amazon Kinesis Video Streams service for development and tests.

D is a duration: 250ms, 5s, 45m, 1h; a bare number is seconds. SIZE is bytes: 100, 64k, 50M.

  --host ADDR                address to listen on (127.0.0.1)
  --port N                   port; 0 takes a free one (0)
  --port-file FILE           write the port number there once it listens
  --data DIR                 keep fragments as DIR/<stream>/<fragment number>.mkv and a list
                             of them as DIR/<stream>/fragments.jsonl
  --keep-sessions            also keep the raw body of each PutMedia
  --events FILE              JSON-lines log of everything that happened; - is standard output
  --frame-events             log each frame as well, when its last byte has come
  --stream NAME[:HOURS]      create this stream at start; retention 24 h unless given
  --region NAME              (us-west-2) when given, other regions' signatures are refused
  --account ID               (123456789012)
  --retention HOURS          of streams whose createStream gives none (0)
  --create-delay D, --update-delay D, --delete-delay D
                             time a stream is CREATING, UPDATING, DELETING (0)
Signatures
  --access-key ID            (AKIDLOCALKVSEXAMPLE1)
  --secret-key KEY           (kvslocalSecretKeyForTestsOnly0000EXAMPLE1)
  --session-token TOKEN      requests must carry it
  --credential ID:SECRET[:TOKEN[:D]]
                             one more accepted credential, expired after D
  --no-auth                  accept every request
TLS
  --tls                      https only
  --cert FILE --key FILE     PEM files; else a certificate for localhost is made
  --tls-dir DIR              where it and its authority ca.pem are made
AWS IoT
  --iot-port N               also give credentials there, as AWS IoT does: TLS, to clients that
                             show a certificate; 0 takes a free port
  --iot-client-ca FILE       who certifies clients; else device.pem and device-key.pem are made
  --iot-role-alias NAME      the only one there is (any)
  --iot-thing NAME           the only one the certificate belongs to (any)
  --iot-credential-life D    what is given is refused as expired after this (1h)
Other places that credentials come from
  --credentials-port N       also be STS, IMDSv2, SSO and the endpoint of containers there; 0 takes
                             a free port
  --credentials-life D       what is given is refused as expired after this (1h)
  --credentials-role NAME    the only role there is (any)
  --sts-external-id ID       AssumeRole has to have it (none)
  --web-identity-token TOKEN (kvslocalWebIdentityToken)
  --imds-token-life D        at most, whatever was asked for (6h)
  --sso-token TOKEN          access token (kvslocalSsoAccessToken)
  --sso-refresh-token TOKEN  (kvslocalSsoRefreshToken)
  --sso-token-life D         of what is given for it (8h)
  --container-token TOKEN    has to be shown as Authorization (none)
Acknowledgements
  --ack-delay-buffering D, --ack-delay-received D, --ack-delay-persisted D   (0)
  --idle-ack-interval D      between IDLE acks (5s)
  --idle-timeout D           a session without data is closed (30s)
  --session-limit D          error 4003 and close (45m)
  --keep-open-after-error    go on with the next fragment after an ERROR ack
Limits (0 is none)
  --min-fragment D           (1s)
  --max-fragment D           (10s)
  --max-fragment-size SIZE   (50M)
  --max-future D             of producer timestamps (24h)
  --put-media-tps N          putMedia calls per second and stream (5)
  --max-sessions N           open sessions per stream (5)
  --fragment-rate N          fragments per second and stream (0)
  --fragment-rate-action pace|error
  --session-rate SIZE        bytes per second read from one session (0)
  --control-quotas           the documented calls per second of the control plane
  --receive-buffer SIZE      receive buffer of each socket (0: the system's)
Faults
  --fault SPEC               KIND[,key=value]... (repeatable)

  Every KIND: stream=NAME|PREFIX*  after=D  for=D  times=N
  call=, session=, fragment= take N, N-M or N-, counted from 1 since the fault was given;
  session=open means the sessions open now.

  refuse        mode=close|rst|unlisten, call=     connections are closed at once; not listening
  tls-fail      call=                              the TLS handshake breaks off
  status        api=, code=503, error=, message=, call=   the call is answered with this status
  delay         api=, ms=N|never, call=            the answer is held back
  endpoint      url=URL, call=                     getDataEndpoint answers this URL
  garbage       api=, call=                        the answer is 200 and a page of HTML
  creating                                         new streams stay CREATING
  reset         session=, bytes=N, kind=rst|fin|crash     connection ends after N bytes
  close-after   session=, fragments=N, kind=end|fin|rst   connection ends after N fragments
  error-ack     session=, fragment=, id=N, code=, at=end|begin   ERROR ack for a fragment
  stop-acks     session=, acks=N, types=A+B        no more acks after N
  delay-acks    session=, types=A+B, ms=N          acks come later
  garbage-acks  session=, acks=N                   garbage lines between acks after N
  split-acks    session=, size=N                   acks leave in pieces of N bytes
  merge-acks    session=, acks=N                   N acks leave in one piece
  slow-read     session=, rate=SIZE                bytes per second
  freeze        session=, bytes=N                  after N bytes nothing is read any more

  Examples: --fault status,api=describeStream,code=503,call=1-2
            --fault reset,session=1,bytes=200k
            --fault stop-acks,types=PERSISTED,session=2

Administration, on the same port, unsigned:
  GET /_local/stats                       totals
  GET /_local/streams/NAME/fragments      what was stored
  GET|POST|DELETE /_local/faults[/ID]     list, add (body: a SPEC per line), remove
  POST|DELETE /_local/credentials[/ID]    add (body: ID:SECRET[:TOKEN[:D]] per line), remove
  POST /_local/reset                      forget streams, fragments, faults, counters
)";
}

}  // namespace kvs::emulator
