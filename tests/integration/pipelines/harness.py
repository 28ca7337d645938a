"""What the tests of whole pipelines share: a kvs-local of their own, programs that end, a folder.

Every wait is for a condition and has a deadline that only a failure reaches. KVS_TIME_SCALE stretches the deadlines, for
builds that are slow.
"""

import fcntl
import json
import os
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

ACCESS_KEY = "AKIDLOCALKVSEXAMPLE1"
SECRET_KEY = "kvslocalSecretKeyForTestsOnly0000EXAMPLE1"
TIME_SCALE = float(os.environ.get("KVS_TIME_SCALE", "1"))
# Seconds that nothing here takes unless it hangs.
PATIENCE = 60 * TIME_SCALE
# Seconds for wait(), of a program under valgrind: everything takes some thirty times longer.
SLOW = 250
SKIPPED = 77


def path_of(variable):
    """A program or folder of the build, as CMake named it."""
    value = os.environ.get(variable, "")
    if not value or not os.path.exists(value):
        raise unittest.SkipTest(f"{variable} was not built")
    return value


def tool(name):
    """A program of the system."""
    if shutil.which(name) is None:
        raise unittest.SkipTest(f"{name} is not installed")
    return name


def wait_until(condition, what, seconds=None):
    """Returns the first true value of condition()."""
    deadline = time.monotonic() + (seconds * TIME_SCALE if seconds is not None else PATIENCE)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(0.02)


class Finished:
    """A program that has ended."""

    def __init__(self, command, code, stdout, stderr, seconds):
        self.command = command
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.seconds = seconds

    def __str__(self):
        return (f"{shlex.join(self.command)}\nexit status {self.code} after {self.seconds:.1f} s\n"
                f"--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}")

    def errors(self):
        """The texts of the errors that gst-launch-1.0 printed."""
        return [line.split(": ", 2)[2] for line in self.stderr.splitlines()
                if line.startswith("ERROR: from element ")]


class Program:
    """A program in the background. Ended by the test that started it, and no other."""

    def __init__(self, folder, name, command, environment, cwd=None):
        self.command = command
        self.stdout_path = os.path.join(folder, f"{name}.stdout")
        self.stderr_path = os.path.join(folder, f"{name}.stderr")
        self.begin = time.monotonic()
        with open(self.stdout_path, "wb") as out, open(self.stderr_path, "wb") as err:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=err, env=environment, cwd=cwd)

    def stdout(self):
        with open(self.stdout_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stderr(self):
        with open(self.stderr_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=None):
        limit = seconds * TIME_SCALE if seconds is not None else PATIENCE
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not end within {limit:.0f} s: " + str(
                Finished(self.command, None, self.stdout(), self.stderr(), limit))) from None
        return Finished(self.command, code, self.stdout(), self.stderr(),
                        time.monotonic() - self.begin)

    def kill(self):
        if self.running():
            self.process.kill()
            self.process.wait()


class Service:
    """A kvs-local that listens on a port of its own."""

    def __init__(self, folder, *options, name="service", keep=True):
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder)
        self.events_path = os.path.join(self.folder, "events.jsonl")
        self.data = os.path.join(self.folder, "data")
        port_file = os.path.join(self.folder, "port")
        self.program = Program(
            self.folder, "kvs-local",
            [path_of("KVS_LOCAL"), *(["--data", self.data, "--keep-sessions"] if keep else []), "--events", self.events_path,
             "--port-file", port_file, *options], dict(os.environ))
        wait_until(lambda: self._listens(port_file), "kvs-local listens")
        with open(port_file, encoding="ascii") as file:
            self.port = int(file.read())
        lines = self.program.stdout().splitlines()
        self.url = lines[0].removeprefix("kvs-local: listening on ")
        prefix = "kvs-local: ca file "
        self.ca_file = next((line[len(prefix):] for line in lines if line.startswith(prefix)), "")
        prefix = "kvs-local: iot endpoint "
        self.iot_endpoint = next((line[len(prefix):] for line in lines if line.startswith(prefix)), "")
        prefix = "kvs-local: credentials endpoint "
        self.credentials_url = next((line[len(prefix):] for line in lines if line.startswith(prefix)), "")

    def _listens(self, port_file):
        if not self.program.running():
            raise AssertionError(f"kvs-local ended: {self.program.stderr()}")
        # The port file comes first, then the lines on standard output.
        return (os.path.exists(port_file) and "listening on" in self.program.stdout() and
                ("--tls" not in self.program.command or "ca file" in self.program.stdout()) and
                ("--iot-port" not in self.program.command or "device certificate" in self.program.stdout()) and
                ("--credentials-port" not in self.program.command or "credentials endpoint" in self.program.stdout()))

    def _admin(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method,
                                         data=body.encode() if body is not None else None)
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        with urllib.request.urlopen(request, timeout=PATIENCE, context=context) as answer:
            return json.loads(answer.read() or b"{}")

    def fault(self, spec):
        return self._admin("POST", "/_local/faults", spec)["ids"]

    def clear_faults(self):
        self._admin("DELETE", "/_local/faults")

    def credential(self, spec):
        self._admin("POST", "/_local/credentials", spec)

    def stats(self):
        return self._admin("GET", "/_local/stats")

    def events(self, kind=None):
        if not os.path.exists(self.events_path):
            return []
        with open(self.events_path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        # What follows the last line feed is still being written.
        found = [json.loads(line) for line in lines[:-1]]
        return [event for event in found if kind is None or event["event"] == kind]

    def fragments(self, stream):
        """The persisted fragments, in the order of their time."""
        path = os.path.join(self.data, stream, "fragments.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        found = [json.loads(line) for line in lines[:-1]]
        found = [fragment for fragment in found if fragment["persisted"]]
        return sorted(found, key=lambda fragment: fragment["producer_time_ms"])

    def fragment_files(self, stream):
        return [os.path.join(self.data, stream, fragment["file"])
                for fragment in self.fragments(stream)]

    def session_files(self, stream):
        folder = os.path.join(self.data, stream)
        if not os.path.exists(folder):
            return []
        names = [name for name in os.listdir(folder) if name.startswith("session-")]
        return [os.path.join(folder, name)
                for name in sorted(names, key=lambda name: int(name[8:].split(".")[0]))]

    def stop(self):
        """Ends it and returns the totals of its last line."""
        if self.program.running():
            self.program.signal(signal.SIGTERM)
        end = self.program.wait()
        if end.code != 0 or end.stderr:
            raise AssertionError(f"kvs-local: {end}")
        return self.events("done")[-1]


class Lab:
    """A folder, and programs that end with it."""

    def open(self):
        self.folder = tempfile.mkdtemp(prefix="kvs-it-")
        self.programs = []

    def close(self):
        for program in self.programs:
            program.kill()
        if os.environ.get("KVS_KEEP_FOLDERS"):
            print(f"kept: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def service(self, *options, name="service", keep=True):
        """A kvs-local; unless it is to keep what it gets, it has only descriptions of it, in memory."""
        service = Service(self.folder, *options, name=name, keep=keep)
        self.programs.append(service.program)
        return service

    def environment(self, **changes):
        """What GStreamer runs in: nothing of the user's, and only what the build made. None removes a variable."""
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith(("AWS_", "GST_", "KVS", "DEBUG_DUMP")) and
                       not key.lower().endswith("_proxy")}
        environment.update(
            HOME=self.folder, XDG_CACHE_HOME=self.folder,
            GST_PLUGIN_PATH=path_of("KVS_PLUGIN_DIR"), GST_REGISTRY=registry(),
            AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY,
            # No packet leaves this machine, and what a test finds does not depend on whether it is an EC2 instance.
            AWS_EC2_METADATA_DISABLED="true")
        preload = os.environ.get("KVS_PRELOAD", "")
        if preload:
            environment["LD_PRELOAD"] = preload
        if "TSAN_OPTIONS" in environment:
            # GStreamer is not compiled with ThreadSanitizer: what its allocations and copies do looks like a race with everything, each is
            # looked into before it is suppressed, and with many threads nothing else gets done. Locks count all the same.
            environment["TSAN_OPTIONS"] += ":ignore_interceptors_accesses=1"
        for name, value in changes.items():
            environment.pop(name, None)
            if value is not None:
                environment[name] = value
        return environment

    def start(self, command, name="program", environment=None):
        program = Program(self.folder, f"{name}-{len(self.programs)}", command,
                          environment or dict(os.environ), cwd=self.folder)
        self.programs.append(program)
        return program

    def start_driver(self, line, *steps, **environment):
        """Runs steps on a pipeline, see pipeline_driver.cc."""
        return self.start([path_of("KVS_DRIVER"), line, *steps], "driver", self.environment(LD_PRELOAD=None, **environment))

    def start_pipeline(self, line, options=("-q",), **environment):
        return self.start([tool("gst-launch-1.0"), "--no-fault", *options, *shlex.split(line)], "gst-launch",
                          self.environment(**environment))

    def run_quiet(self, command):
        """Runs a tool that must succeed without a word on stderr; returns its stdout."""
        end = self.start(command, os.path.basename(command[0])).wait()
        if (end.code, end.stderr) != (0, ""):
            raise AssertionError(str(end))
        return end.stdout


class Case(Lab, unittest.TestCase):
    """A test with a folder and programs of its own."""

    maxDiff = 4000

    def setUp(self):
        self.open()
        self.addCleanup(self.close)

    def run_pipeline(self, line, options=("-q",), seconds=None, **environment):
        """Runs a pipeline to its EOS, which must come without anything to say."""
        end = self.start_pipeline(line, options, **environment).wait(seconds)
        self.assertEqual(end.code, 0, str(end))
        return end

    def driver(self, line, *steps, **environment):
        """Runs steps on a pipeline. Returns what it reported, and the end."""
        end = self.start_driver(line, *steps, **environment).wait()
        return [json.loads(text) for text in end.stdout.splitlines()], end


def registry():
    """GStreamer's list of plugins, made once and shared by all tests of a build."""
    folder = path_of("KVS_WORK_DIR")
    path = os.path.join(folder, "registry.bin")
    plugin = os.path.join(path_of("KVS_PLUGIN_DIR"), "libgstkvssink.so")
    with open(os.path.join(folder, "registry.lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(plugin):
            environment = dict(os.environ, GST_PLUGIN_PATH=os.path.dirname(plugin),
                               GST_REGISTRY=path)
            if os.environ.get("KVS_PRELOAD"):
                environment["LD_PRELOAD"] = os.environ["KVS_PRELOAD"]
                environment["ASAN_OPTIONS"] = "detect_leaks=0"
            subprocess.run([tool("gst-inspect-1.0"), "kvssink"], env=environment, check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE)
    return path


class ReservedPort:
    """A port that nothing listens on, kept so that a kvs-local can take it later."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def close(self):
        self.socket.close()


class BlackHole:
    """Takes connections, and never says anything."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                self.connections.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self):
        self.listener.close()
        for connection in self.connections:
            connection.close()


class Gate:
    """A door of its own to a port: what it lets through is cut, and whoever comes after that refused, when it is closed."""

    def __init__(self, port, own_port=0):
        self.target = ("127.0.0.1", port)
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", own_port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
                far = socket.create_connection(self.target)
            except OSError:
                return
            self.connections += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    @staticmethod
    def _carry(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        # Without the shutdown a thread in accept() would keep it listening.
        for each in (self.listener, *self.connections):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()


def main():
    """run MODULE TEST: exit status 0 passed, 1 failed, 77 skipped."""
    module, test = sys.argv[1:]
    suite = unittest.defaultTestLoader.loadTestsFromName(f"{module}.Test.{test}")
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    if result.skipped and result.wasSuccessful():
        sys.exit(SKIPPED)
    sys.exit(0 if result.wasSuccessful() and result.testsRun == 1 else 1)


if __name__ == "__main__":
    # The test modules import this one under its name.
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import harness
    harness.main()
