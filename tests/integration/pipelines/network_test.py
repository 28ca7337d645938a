"""Ways to the service: proxies, address families, and what helps to find faults on the way."""

import base64
import json
import os
import re
import socket
import subprocess
import threading

import media
from harness import ACCESS_KEY, SECRET_KEY, Case, Gate, ReservedPort, path_of, tool, wait_until

# A recording played at its own pace, so that there is time to break something.
PACED = ("filesrc location={file} ! matroskademux name=demux "
         "demux.video_0 ! queue ! h264parse ! identity sync=true ! kvssink name=sink stream-name=s "
         "stop-stream-timeout=60 {more} "
         "demux.audio_0 ! queue ! aacparse ! identity sync=true ! sink.")
UNPACED = PACED.replace("identity sync=true ! ", "").replace("kvssink ", "kvssink streaming-type=offline ")
USER, PASSWORD = "camera", "hush:hush@2"
# As in a URL.
ENCODED = "camera:hush%3Ahush%402"
BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class Proxy:
    """A proxy that makes tunnels (CONNECT), for those who know the password if there is one."""

    def __init__(self, password=False, answer=None, port=0):
        self.password = password
        self.answer = answer  # instead of a tunnel
        self.requests = []    # (target, allowed)
        self.gates = []
        self.tunnels = []
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.url_with_login = f"http://{ENCODED}@127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near):
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                more = near.recv(4096)
                if not more:
                    near.close()
                    return
                head += more
            match = re.match(r"CONNECT ([^ ]+):(\d+) HTTP/1\.[01]\r\n", head.decode())
            allowed = match is not None and (not self.password or
                                             f"\r\nproxy-authorization: basic {BASIC}\r\n".lower() in head.decode().lower())
            self.requests.append((head.decode().split("\r\n")[0], allowed))
            if self.answer or not allowed:
                status = self.answer or '407 Who are you\r\nProxy-Authenticate: Basic realm="x"'
                near.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
                near.close()
                return
            far = socket.create_connection((match[1].strip("[]"), int(match[2])))
            near.sendall(b"HTTP/1.1 200 Fine\r\n\r\n")
            self.tunnels += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=Gate._carry, args=(source, target), daemon=True).start()
        except OSError:
            near.close()

    def close(self):
        """Dies: cuts all tunnels, and refuses whoever comes."""
        for each in (self.listener, *self.tunnels):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()


class Test(Case):
    def recording(self, seconds=6):
        path = self.path("a.mkv")
        return path if os.path.exists(path) else media.make_file(self, "a.mkv", seconds=seconds)

    def proxy(self, *arguments, **options):
        proxy = Proxy(*arguments, **options)
        self.addCleanup(proxy.close)
        return proxy

    def upload(self, service, more="", line=UNPACED, **environment):
        """Uploads a recording and compares what was stored with it."""
        file = self.recording()
        ca = f"ca-path={service.ca_file}" if service.ca_file else ""
        if "endpoint=" not in more:
            more += f" endpoint={service.url}"
        end = self.run_pipeline(line.format(file=file, more=f"{ca} {more}"), **environment)
        self.check(service, file)
        return end

    def check(self, service, file, duplicates=0):
        totals = service.stop()
        if duplicates is None:  # what was stored twice is looked at once
            every = service.fragments
            service.fragments = lambda stream: [f for f in every(stream) if not f["duplicate"]]
        media.check_stored(self, service, "s", media.read_packets(self, file))
        if duplicates is not None:
            self.assertEqual(totals["duplicates"], duplicates)

    def warning(self, more, **environment):
        """Starts a pipeline that does not reach the service. Returns its first WARNING, and all that it wrote."""
        line = PACED.format(file=self.recording(), more=more)
        program = self.start_driver(line, "state:PLAYING", "tell:eos", GST_DEBUG="kvs*:9,kvssink:9", **environment)

        def told():
            lines = [json.loads(text) for text in program.stdout().splitlines() if text.endswith("}")]
            return next((entry["text"] for entry in lines if entry.get("message") == "warning"), None)
        text = wait_until(told, "a warning")
        program.kill()
        return text, program.stdout() + program.stderr()

    def check_no_secrets(self, text):
        for secret in (PASSWORD, "hush", ENCODED, BASIC):
            self.assertNotIn(secret, text)

    # Proxies.
    def test_tls_through_a_proxy(self):
        service = self.service("--tls")
        proxy = self.proxy()
        self.upload(service, f"proxy={proxy.url}")
        self.assertIn((f"CONNECT 127.0.0.1:{service.port} HTTP/1.1", True), proxy.requests)
        self.assertTrue(all(allowed for _, allowed in proxy.requests), proxy.requests)
        # Calls share one tunnel, PutMedia has its own.
        self.assertEqual(len(proxy.requests), 2, proxy.requests)

    def test_a_service_that_is_not_trusted_is_not_trusted_through_a_proxy(self):
        service = self.service("--tls")
        proxy = self.proxy()
        text, _ = self.warning(f"proxy={proxy.url} endpoint={service.url}")
        self.assertIn("certificate", text)
        self.assertIn(f"through the proxy {proxy.url}", text)
        self.assertEqual(service.events("api"), [])

    def test_credentials_of_aws_iot_through_a_proxy(self):
        service = self.service("--tls", "--iot-port", "0")
        proxy = self.proxy(password=True)
        device = ",".join(f"{key}-path={os.path.join(service.data, file)}"
                          for key, file in (("cert", "device.pem"), ("key", "device-key.pem"), ("ca", "ca.pem")))
        self.upload(service, f'endpoint={service.url} proxy={proxy.url} proxy-id={USER} proxy-pw={PASSWORD} '
                    f'iot-certificate="iot-certificate,endpoint={service.iot_endpoint},{device},role-aliases=camera"')
        self.assertIn((f"CONNECT {service.iot_endpoint} HTTP/1.1", True), proxy.requests)

    def test_proxy_with_a_password_in_properties(self):
        proxy = self.proxy(password=True)
        self.upload(self.service("--tls"), f"proxy={proxy.url} proxy-id={USER} proxy-pw={PASSWORD}")
        self.assertTrue(proxy.requests and all(allowed for _, allowed in proxy.requests), proxy.requests)

    def test_proxy_with_a_password_in_a_variable(self):
        proxy = self.proxy(password=True)
        self.upload(self.service("--tls"), https_proxy=proxy.url_with_login, HTTPS_PROXY="http://127.0.0.1:1")
        self.assertTrue(proxy.requests and all(allowed for _, allowed in proxy.requests), proxy.requests)

    def test_proxy_that_refuses_the_password(self):
        service = self.service("--tls")
        proxy = self.proxy(password=True)
        text, everything = self.warning(
            f"proxy=http://other:hush@127.0.0.1:{proxy.port} endpoint={service.url} ca-path={service.ca_file}", KVS_CURL_DEBUG="1")
        self.assertIn(proxy.url, text)
        self.assertIn("Set proxy-id and proxy-pw", text)
        self.check_no_secrets(everything)
        self.assertIn("> Proxy-Authorization: ***", everything)
        self.assertNotIn(base64.b64encode(b"other:hush").decode(), everything)
        self.assertIn("status-code=(string)ProxyNotAuthorized", everything)

    def test_proxy_that_makes_no_connection(self):
        service = self.service("--tls")
        proxy = self.proxy(answer="403 Not there")
        text, everything = self.warning(f"proxy={proxy.url} endpoint={service.url}")
        self.assertIn(f"through the proxy {proxy.url}", text)
        self.assertIn("403", text)
        self.assertIn("Check the property proxy", text)
        self.assertIn("status-code=(string)ProxyFailed", everything)

    def test_proxy_that_is_not_there(self):
        port = ReservedPort()
        self.addCleanup(port.close)
        text, _ = self.warning(f"proxy={port.url} endpoint=https://127.0.0.1:1")
        self.assertIn(f"through the proxy {port.url}", text)

    def test_proxy_dies_in_the_middle_and_comes_back(self):
        service = self.service("--tls")
        proxy = self.proxy()
        file = self.recording(seconds=8)
        pipeline = self.start_pipeline(PACED.format(
            file=file, more=f"proxy={proxy.url} ca-path={service.ca_file} endpoint={service.url}"))
        wait_until(lambda: service.fragments("s"), "something is stored")
        proxy.close()
        wait_until(lambda: len(service.events("session_end")) >= 1, "the session is gone")
        self.proxy(port=proxy.port)
        end = pipeline.wait()
        self.assertEqual(end.code, 0, str(end))
        # What was stored when its acknowledgement was cut off is sent again.
        self.check(service, file, duplicates=None)

    def test_no_proxy_is_respected(self):
        proxy = self.proxy()
        self.upload(self.service("--tls"), f"proxy={proxy.url}", no_proxy="10.0.0.0/8, 127.0.0.0/8")
        self.assertEqual(proxy.requests, [])

    def test_an_empty_property_means_no_proxy(self):
        proxy = self.proxy()
        self.upload(self.service("--tls"), "'proxy=\"\"'", https_proxy=proxy.url, ALL_PROXY=proxy.url)
        self.assertEqual(proxy.requests, [])

    # Address families. The test's service listens on one of them; libcurl knows localhost as both.
    def listen(self, host):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            try:
                probe.bind((host, 0))
            except OSError:
                self.skipTest(f"there is no {host} here")
        service = self.service("--host", host)
        return service, f"endpoint=http://localhost:{service.port}"

    def test_ipv6_only(self):
        service, endpoint = self.listen("::1")
        text, _ = self.warning(f"{endpoint} ip-version=ipv4", AWS_KVS_USE_IPV6="1")
        self.assertIn("no connection could be made", text)
        self.upload(service, f"{endpoint} ip-version=ipv6", AWS_KVS_USE_IPV4="1")

    def test_ipv4_only(self):
        service, endpoint = self.listen("127.0.0.1")
        text, _ = self.warning(endpoint, AWS_KVS_USE_IPV6="1")
        self.assertIn("no connection could be made", text)
        self.upload(service, endpoint, AWS_KVS_USE_IPV4="1", AWS_KVS_USE_IPV6="1")

    def test_any_address(self):
        service, endpoint = self.listen("::1")
        self.upload(service, endpoint)

    def test_an_ipv6_address_is_a_host(self):
        service, _ = self.listen("::1")
        self.upload(service, f"endpoint=http://[::1]:{service.port}")

    # Endpoints that are not a property.
    def upload_without_endpoint(self, service, **environment):
        file = self.recording()
        self.run_pipeline(UNPACED.format(file=file, more=""), AWS_EC2_METADATA_DISABLED="true", **environment)
        self.check(service, file)

    def test_endpoint_of_the_service_as_the_aws_command_line_has_it(self):
        service = self.service()
        self.upload_without_endpoint(service, AWS_ENDPOINT_URL_KINESIS_VIDEO=service.url, AWS_ENDPOINT_URL="http://127.0.0.1:1")

    def test_endpoint_of_all_services_as_the_aws_command_line_has_it(self):
        service = self.service("--region", "eu-west-1")
        self.upload_without_endpoint(service, AWS_ENDPOINT_URL=service.url, AWS_DEFAULT_REGION="eu-west-1", AWS_REGION="eu-north-1")

    def test_endpoint_of_amazons_variable_comes_before_those(self):
        service = self.service()
        self.upload_without_endpoint(service, CONTROL_PLANE_URI=service.url, AWS_ENDPOINT_URL_KINESIS_VIDEO="http://127.0.0.1:1")

    def test_a_profile_moves_no_stream_that_has_keys_of_the_environment(self):
        with open(self.path("config"), "w", encoding="utf-8") as file:
            file.write("[default]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:1\n")
        service = self.service("--region", "us-west-2")
        self.upload_without_endpoint(service, CONTROL_PLANE_URI=service.url, AWS_CONFIG_FILE=self.path("config"))

    def test_credentials_and_region_of_the_instance(self):
        service = self.service("--region", "ap-south-1", "--credentials-port", "0")
        end = self.upload(service, "credential-source=imds", AWS_EC2_METADATA_SERVICE_ENDPOINT=service.credentials_url,
                          AWS_EC2_METADATA_DISABLED=None, GST_DEBUG="kvs*:4")
        self.assertIn("the region is that of the EC2 instance: ap-south-1", end.stderr)
        self.assertEqual([event["source"] for event in service.events("credentials")], ["imds"])

    def test_an_instance_that_says_nothing_of_its_region_for_a_while(self):
        service = self.service("--region", "ap-south-1", "--credentials-port", "0", "--fault", "delay,api=imdsRegion,ms=never,for=3s")
        end = self.upload(service, "credential-source=imds", AWS_EC2_METADATA_SERVICE_ENDPOINT=service.credentials_url,
                          AWS_EC2_METADATA_DISABLED=None, GST_DEBUG="kvs*:4")
        self.assertIn("the region is that of the EC2 instance: ap-south-1", end.stderr)

    def test_region_and_endpoint_of_a_profile(self):
        service = self.service("--region", "eu-west-1")
        with open(self.path("config"), "w", encoding="utf-8") as file:
            file.write("[profile door]\nregion = eu-west-1\nservices = here\n"
                       f"aws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"
                       f"[services here]\nkinesis_video =\n  endpoint_url = {service.url}\n")
        os.chmod(self.path("config"), 0o600)
        file = self.recording()
        self.run_pipeline(UNPACED.format(file=file, more="profile=door"), AWS_CONFIG_FILE=self.path("config"))
        self.check(service, file)

    # Certificates in a folder, by the names that OpenSSL looks for.
    def folder_of(self, certificate, name):
        folder = self.path(name)
        os.makedirs(folder)
        digest = subprocess.run([tool("openssl"), "x509", "-hash", "-noout", "-in", certificate], text=True, check=True,
                                stdout=subprocess.PIPE).stdout.strip()
        os.symlink(certificate, os.path.join(folder, f"{digest}.0"))
        return folder

    def test_authorities_in_a_folder(self):
        service = self.service("--tls")
        folder = self.folder_of(service.ca_file, "authorities")
        file = self.recording()
        self.run_pipeline(UNPACED.format(file=file, more=f"endpoint={service.url} ca-path={folder}"))
        self.check(service, file)

    def test_authorities_in_a_folder_of_the_environment(self):
        service = self.service("--tls")
        self.upload_without_endpoint(service, CONTROL_PLANE_URI=service.url,
                                     KVSSINK_CA_CERT_PATH=self.folder_of(service.ca_file, "authorities"))

    def test_a_folder_without_the_authority_is_no_reason_to_trust(self):
        service = self.service("--tls")
        other = self.service("--tls", name="other")
        text, _ = self.warning(f"endpoint={service.url} ca-path={self.folder_of(other.ca_file, 'authorities')}")
        self.assertIn("certificate", text)
        self.assertEqual(service.events("api"), [])

    # What helps to find faults.
    def test_sessions_are_dumped(self):
        service = self.service()
        folder = self.path("dump")
        os.mkdir(folder)
        with open(os.path.join(folder, "s_1.mkv"), "w", encoding="ascii") as file:
            file.write("of another time")
        self.upload(service, KVS_DEBUG_DUMP_DATA_FILE_DIR=folder)
        dumped = sorted(os.listdir(folder))
        self.assertEqual(dumped, ["s_1.mkv"])
        dump = os.path.join(folder, dumped[0])
        with open(dump, "rb") as ours, open(service.session_files("s")[0], "rb") as theirs:
            self.assertEqual(ours.read(), theirs.read())
        self.assertEqual(len(media.read_packets(self, dump)), len(media.read_packets(self, self.path("a.mkv"))))
        self.run_quiet([tool("mkvinfo"), dump])

    def test_a_dump_that_cannot_be_written_is_one_warning(self):
        service = self.service()
        service.fault("reset,session=1-3,bytes=9k")
        file = self.recording()
        end = self.run_pipeline(UNPACED.format(file=file, more=f"endpoint={service.url}"),
                                KVS_DEBUG_DUMP_DATA_FILE_DIR=self.path("nowhere"), GST_DEBUG="kvs*:2", GST_DEBUG_NO_COLOR="1")
        self.assertEqual(end.stderr.count("is not written to"), 1, end.stderr)
        self.check(service, file, duplicates=None)

    def test_a_dump_on_a_full_disk_is_one_warning(self):
        service = self.service()
        folder = self.path("dump")
        os.mkdir(folder)
        # The limit of the size of a file stands in for the end of a disk.
        file = self.recording()
        line = UNPACED.format(file=file, more=f"endpoint={service.url}")
        program = self.start(["sh", "-c", 'ulimit -f 8; trap "" XFSZ; exec "$0" "$@"', path_of("KVS_DRIVER"), line, "state:PLAYING",
                              "wait:eos"], "limited", self.environment(
                                  LD_PRELOAD=None, KVS_DEBUG_DUMP_DATA_FILE_DIR=folder, GST_DEBUG="kvs*:2", GST_DEBUG_NO_COLOR="1"))
        end = program.wait()
        self.assertEqual(end.code, 0, str(end))
        self.assertEqual(end.stderr.count("is not written to"), 1, end.stderr)
        self.check(service, file)

    def test_frames_are_told(self):
        end = self.upload(self.service(), DEBUG_DUMP_FRAME_INFO="1", GST_DEBUG="kvs-stream:5", GST_DEBUG_NO_COLOR="1")
        frames = re.findall(r"frame: track ([12]), pts \d+ ns, dts (?:\d+ ns|unknown), duration \d+ ns, (\d+) bytes(, key frame)?",
                            end.stderr)
        self.assertEqual(len(frames), len(media.read_packets(self, self.path("a.mkv"))))
        self.assertEqual({track for track, _, _ in frames}, {"1", "2"})
        self.assertTrue(any(key for _, _, key in frames) and not all(key for _, _, key in frames))

    # Files of log4cplus.
    def log_config(self, root="DEBUG, KvsFileAppender"):
        path = self.path("kvs_log_configuration")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"""log4cplus.rootLogger={root}
log4cplus.appender.KvsConsoleAppender=log4cplus::ConsoleAppender
log4cplus.appender.KvsConsoleAppender.layout=log4cplus::PatternLayout
log4cplus.appender.KvsConsoleAppender.layout.ConversionPattern=[%-5p] [%d{{%d-%m-%Y %H:%M:%S:%Q %Z}}] %m%n
log4cplus.appender.KvsFileAppender=log4cplus::FileAppender
log4cplus.appender.KvsFileAppender.File=./log/kvs.log
log4cplus.appender.KvsFileAppender.CreateDirs=true
log4cplus.appender.KvsFileAppender.ImmediateFlush=false
log4cplus.appender.KvsFileAppender.layout=log4cplus::PatternLayout
log4cplus.appender.KvsFileAppender.layout.ConversionPattern=[%-5p] [%c] %m%n
""")
        return path

    def test_a_log_file(self):
        end = self.upload(self.service(), f"log-config={self.log_config()}")
        self.assertEqual((end.stdout, end.stderr), ("", ""))
        with open(self.path("log/kvs.log"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn("[INFO ] [com.amazonaws.kinesis.video.kvssink] [s] the service at", text)
        self.assertIn("[INFO ] [com.amazonaws.kinesis.video.kvs-stream] [s] connected: session 1", text)
        # Nothing is lost at the end of the process, although the appender does not flush.
        self.assertIn("-> Closed on Close\n", text)

    def test_a_log_file_that_asks_for_the_console(self):
        end = self.upload(self.service(), f"log-config={self.log_config('INFO, KvsConsoleAppender')}")
        self.assertRegex(end.stdout, r"\[INFO \] \[[-0-9]+ [.:0-9]+ \w+\] \[s\] connected: session 1\n")
        self.assertEqual(end.stderr, "")
