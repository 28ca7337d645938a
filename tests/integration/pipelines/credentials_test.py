"""Credentials that come from elsewhere and end while media flows: from AWS IoT, and from a file that is rewritten."""

import json
import os
import time

import media
from harness import ACCESS_KEY, SECRET_KEY, Case, wait_until

# A recording played at its own pace, as a camera would.
PACED = ("filesrc location={file} ! matroskademux name=demux "
         "demux.video_0 ! queue ! h264parse ! identity sync=true ! kvssink name=sink stream-name=s "
         "stop-stream-timeout=60 endpoint={url} {more} "
         "demux.audio_0 ! queue ! aacparse ! identity sync=true ! sink.")
# Each connection ends soon, and the next one is signed anew.
SHORT_SESSIONS = "close-after,session=1-4,fragments=1"
# What no output may hold: how the secrets of kvs-local begin, and what is in the file of a key.
SECRETS = ("kvslocalIotSecret", "kvslocalIotToken", "PRIVATE KEY")
API = "assumeRoleWithCertificate"
NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}


class Test(Case):
    def iot_service(self, *options, name="service"):
        """TLS everywhere, and a device that it knows."""
        return self.service("--tls", "--iot-port", "0", *options, name=name)

    def iot(self, service, **changes):
        """The properties for a device of a service; None leaves a key out."""
        keys = {"endpoint": service.iot_endpoint, "cert-path": os.path.join(service.data, "device.pem"),
                "key-path": os.path.join(service.data, "device-key.pem"), "ca-path": service.ca_file,
                "role-aliases": "camera"}
        keys.update({name.replace("_", "-"): value for name, value in changes.items()})
        fields = ",".join(f"{name}={value}" for name, value in keys.items() if value is not None)
        return f'ca-path={service.ca_file} iot-certificate="iot-certificate,{fields}"'

    def start_upload(self, service, more, seconds=8, **environment):
        file = media.make_file(self, "a.mkv", seconds=seconds)
        line = PACED.format(file=file, url=service.url, more=more)
        return file, self.start_driver(line, "state:PLAYING", "tell:eos", **NO_KEYS, **environment)

    def told(self, end):
        """The lines that the driver printed: messages by kind."""
        lines = [json.loads(line) for line in end.stdout.splitlines()]
        return {kind: [line["text"] for line in lines if line.get("message") == kind]
                for kind in ("element", "warning", "error")}

    def credentials_messages(self, told, state):
        return [text for text in told["element"]
                if text.startswith("kvssink-credentials,") and f"state=(string){state}" in text]

    def check(self, service, file, end, errors=0):
        self.assertEqual(end.code, 1 if errors else 0, str(end))
        for secret in SECRETS:
            self.assertNotIn(secret, end.stdout)
            self.assertNotIn(secret, end.stderr)
        totals = service.stop()
        # A connection that ends takes acks with it that were on their way.
        every = service.fragments
        service.fragments = lambda stream: [f for f in every(stream) if not f["duplicate"]]
        media.check_stored(self, service, "s", media.read_packets(self, file))
        media.check_sessions(self, service, "s")
        return totals

    def upload(self, service, *faults, more=None, seconds=8, **environment):
        for fault in faults:
            service.fault(fault)
        file, driver = self.start_upload(service, more or self.iot(service), seconds, **environment)
        end = driver.wait()
        self.check(service, file, end)
        return self.told(end), end

    # AWS IoT.
    def test_iot_credentials_are_renewed_while_frames_flow(self):
        service = self.iot_service("--iot-credential-life", "3s")
        told, end = self.upload(service, SHORT_SESSIONS, GST_DEBUG="kvs*:9")
        given = service.events("credentials")
        self.assertGreaterEqual(len(given), 3)
        self.assertEqual({(one["role_alias"], one["thing"]) for one in given}, {("camera", "s")})
        renewed = self.credentials_messages(told, "renewed")
        self.assertGreaterEqual(len(renewed), 2)
        self.assertIn("AWS IoT (role alias camera, thing s)", renewed[0].replace("\\", ""))
        self.assertIn("expires=(gint64)", renewed[0])
        self.assertEqual((told["warning"], told["error"]), ([], []))
        # No call came with credentials that had ended.
        self.assertNotIn(403, [event["status"] for event in service.events("api")])
        self.assertIn("kvs-stream", end.stderr, "the log was there to be searched")

    def test_iot_thing_name_may_be_another_and_a_number(self):
        service = self.iot_service("--iot-thing", "4711", "--iot-role-alias", "camera")
        self.upload(service, more=self.iot(service, iot_thing_name="4711", connection_timeout="2"), seconds=4)

    def test_iot_service_fails_for_a_while_at_the_start(self):
        service = self.iot_service()
        told, _ = self.upload(service, f"status,api={API},code=500,call=1", f"garbage,api={API},call=1",
                              f"delay,api={API},ms=never,call=3", seconds=6,
                              more=self.iot(service, connection_timeout="1", completion_timeout="1"))
        self.assertEqual(len({event["id"] for event in service.events("fault")}), 3, "each fault acted")
        self.assertEqual(len(told["warning"]), 1)
        self.assertIn("no new credentials from AWS IoT", told["warning"][0])
        self.assertEqual(len(self.credentials_messages(told, "failing")), 1)
        self.assertEqual(len(self.credentials_messages(told, "renewed")), 1)

    def test_iot_refuses_for_a_while_and_the_old_ones_expire(self):
        service = self.iot_service("--iot-credential-life", "2s")
        service.fault(SHORT_SESSIONS)
        file, driver = self.start_upload(service, self.iot(service), seconds=10)
        # A source that has never given credentials would be believed at once.
        wait_until(lambda: service.events("credentials"), "the first credentials")
        service.fault(f"status,api={API},code=403,for=5s")
        end = driver.wait()
        self.check(service, file, end)
        told = self.told(end)
        self.assertEqual(len(told["warning"]), 1, told["warning"])
        for part in ("AWS IoT (role alias camera, thing s)", "HTTP 403", "iot:AssumeRoleWithCertificate", service.iot_endpoint):
            self.assertIn(part, told["warning"][0])
        self.assertEqual(len(self.credentials_messages(told, "failing")), 1)
        self.assertGreaterEqual(len(self.credentials_messages(told, "renewed")), 1)

    def refused(self, more, *parts, seconds=20):
        end = self.start_pipeline(f"videotestsrc num-buffers=30 ! x264enc ! h264parse ! kvssink stream-name=s "
                                  f"stop-stream-timeout=3 {more}", **NO_KEYS).wait(seconds)
        self.assertGreater(end.code, 0, str(end))
        self.assertEqual(len(end.errors()), 1, str(end))
        for part in parts:
            self.assertIn(part, end.errors()[0])
        for secret in SECRETS:
            self.assertNotIn(secret, end.stdout + end.stderr)
        return end

    def test_iot_role_alias_that_does_not_exist(self):
        service = self.iot_service("--iot-role-alias", "another")
        self.refused(f"endpoint={service.url} {self.iot(service)}", "Role alias does not exist", "HTTP 404",
                     f"https://{service.iot_endpoint}/role-aliases/camera/credentials", "check that the role alias")

    def test_iot_host_with_another_authority(self):
        service = self.iot_service()
        other = os.path.join(service.data, "device-ca.pem")
        self.refused(f"endpoint={service.url} {self.iot(service, ca_path=other)}", "certificate of the host was not accepted",
                     "Amazon Root CA 1")
        self.assertEqual(service.events("credentials"), [])

    def test_iot_certificate_of_another_device(self):
        service = self.iot_service()
        stranger = self.iot_service(name="stranger")
        folder = stranger.data
        self.refused(f"endpoint={service.url} " + self.iot(service, cert_path=f"{folder}/device.pem", key_path=f"{folder}/device-key.pem"),
                     "registered and active in AWS IoT")

    def test_iot_key_of_another_certificate(self):
        service = self.iot_service()
        self.refused(f"endpoint={service.url} " + self.iot(service, key_path=os.path.join(service.data, "key.pem")),
                     "iot-certificate", "does not belong to the certificate", seconds=5)

    def test_iot_certificate_that_is_not_there(self):
        service = self.iot_service()
        self.refused(f"endpoint={service.url} " + self.iot(service, cert_path="/nowhere/device.pem"),
                     "iot-certificate", "/nowhere/device.pem", "No such file", seconds=5)

    # A file.
    def write_credentials(self, service, path, number, life):
        key, secret, token = f"ASIAFILE{number}", f"kvslocalIotSecret{number}", f"kvslocalIotToken{number}"
        service.credential(f"{key}:{secret}:{token}:{life}s")
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + life))
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(f"CREDENTIALS {key} {until} {secret} {token}\n")
        os.replace(path + ".new", path)

    def test_a_file_is_rewritten_while_frames_flow(self):
        service = self.service()
        path = self.path("credentials")
        service.fault(SHORT_SESSIONS)
        self.write_credentials(service, path, 0, 5)
        file, driver = self.start_upload(service, f"credential-path={path}", GST_DEBUG="kvs*:9")
        for number in range(1, 4):
            begin = time.monotonic()
            wait_until(lambda begin=begin: time.monotonic() - begin >= 2, "two seconds pass")
            self.write_credentials(service, path, number, 30 if number == 3 else 5)
        end = driver.wait()
        told = self.told(end)
        self.check(service, file, end)
        self.assertGreaterEqual(len(self.credentials_messages(told, "renewed")), 2)
        self.assertEqual(told["warning"], [])

    def test_a_file_that_is_damaged_for_a_while(self):
        service = self.service()
        path = self.path("credentials")
        service.fault(SHORT_SESSIONS)
        written = []

        def is_stored():
            # The program may take longer to start than they last: they are written anew until it has.
            if not written or time.monotonic() - written[-1] >= 1:
                self.write_credentials(service, path, len(written), 3)
                written.append(time.monotonic())
            return service.fragments("s")

        is_stored()
        file, driver = self.start_upload(service, f"credential-path={path}")
        wait_until(is_stored, "something is stored")
        with open(path, "w", encoding="ascii") as damaged:
            damaged.write("CREDENTIALS kvslocalIotSecret")
        begin = time.monotonic()
        wait_until(lambda: time.monotonic() - begin >= 4, "they expire")
        with open(path, "w", encoding="ascii") as mended:
            mended.write(f"CREDENTIALS {ACCESS_KEY} {SECRET_KEY}\n")
        end = driver.wait()
        told = self.told(end)
        self.check(service, file, end)
        self.assertEqual(len(told["warning"]), 1, told["warning"])
        self.assertIn(path, told["warning"][0])
        self.assertGreaterEqual(len(self.credentials_messages(told, "renewed")), 1)
