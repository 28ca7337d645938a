#!/usr/bin/env python3
"""Checks the rules of this tree that a compiler does not: bans, layers, guards, sizes.

Usage: check_tree.py [ROOT]
One line per violation, "file:line: rule: what is wrong; what to do instead"; exit status 1 when there is one.
A new rule is a row of a table below and a case in check_tree_test.py.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass

CPP_SUFFIXES = (".h", ".cc")
CPP_FOLDERS = ("pic/", "producer/", "plugin/", "emulator/", "samples/", "tests/")
SHIPPED_FOLDERS = ("pic/", "producer/", "plugin/", "emulator/", "samples/")
# No thread, clock, socket, file, environment or random device: bytes, times and events in; bytes and actions out.
PURE_FOLDERS = ("pic/", "emulator/model/")
COMPAT = "producer/compat/"

MAX_FILE_BYTES = 1 << 20
LARGE_FILES_ALLOWED = "tests/vectors/"
# Not searched when there is no git to ask.
SKIPPED_FOLDERS = {".git", "build", ".cache", "demo-recordings", "__pycache__"}


@dataclass(frozen=True)
class Ban:
    """A pattern that code (comments and literals blanked out) must not contain."""

    name: str
    pattern: str
    instead: str
    folders: tuple = CPP_FOLDERS
    exempt: tuple = ()  # path prefixes
    waivable: bool = False  # by "NOLINT: why" on the same line


BANS = (
    Ban("clock", r"\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock|file_clock)\s*::\s*now\b"
        r"|\b(?:clock_gettime|gettimeofday|timespec_get)\s*\("
        r"|(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:NULL|nullptr|0|&\s*\w+)\s*\)",
        "take `now` as an argument (kvs/time.h, pic/base/clock.h)", PURE_FOLDERS),
    Ban("random", r"\brandom_device\b|(?<![\w.>])(?:std::)?s?rand\s*\(|\bgetrandom\s*\(|\barc4random\w*\s*\(",
        "take a kvs::Random (pic/base/random.h)", PURE_FOLDERS),
    Ban("thread", r"\bstd::(?:thread|jthread|async|mutex|shared_mutex|recursive_mutex|condition_variable|"
        r"condition_variable_any|future|promise)\b|\bpthread_\w+",
        "keep threads in producer/; a lock is kvs::Mutex (pic/base/mutex.h)", PURE_FOLDERS, ("pic/base/mutex.h",)),
    Ban("sleep", r"\b(?:sleep|usleep|nanosleep|sleep_for|sleep_until)\s*\(",
        "return a deadline and let the caller wait", PURE_FOLDERS),
    Ban("environment", r"\b(?:secure_getenv|getenv|setenv|unsetenv|putenv)\s*\(",
        "take the value as an argument", PURE_FOLDERS),
    Ban("file", r"\bstd::(?:o|i)?fstream\b|\bstd::filesystem\b|(?<![\w.>])(?:std::)?fopen\s*\(",
        "take and return bytes; files are opened in producer/", PURE_FOLDERS),
    Ban("pointer-keyed", r"\bstd::(?:unordered_)?(?:multi)?(?:map|set)\s*<\s*(?:const\s+)?[\w:]+(?:\s+const)?\s*\*",
        "key by an id: the order of addresses differs from run to run", PURE_FOLDERS),
    Ban("curl_easy_perform", r"\bcurl_easy_perform\b",
        "hand the transfer to the network thread (producer/net), which drives curl_multi", SHIPPED_FOLDERS),
    Ban("new", r"(?<!operator )\bnew\b", "std::make_unique, a container, a value, or // NOLINT: why",
        exempt=("plugin/gst", "tests/compat/programs/"), waivable=True),
    Ban("delete", r"(?<!operator )(?<!= )(?<!=)\bdelete\b", "let a std::unique_ptr or a container own it",
        exempt=("plugin/gst",), waivable=True),
    Ban("endl", r"\bstd::endl\b", "'\\n'; std::flush where it must be seen at once"),
    Ban("printf", r"(?<!\w)(?:std::)?(?:v?f|v|d)?printf\s*\(|(?<![\w.>])(?:std::)?(?:f?puts|putchar)\s*\(",
        "the log facade (pic/base/log.h); std::cout in programs; std::snprintf to make text"),
    Ban("throw", r"\bthrow\b", "return a Status or Result (kvs/status.h)", SHIPPED_FOLDERS, (COMPAT,)),
    Ban("using-namespace", r"(?m)^using\s+namespace\b", "name what is used, or a namespace alias",
        # Programs for Amazon's SDK are written with them, and rely on the one in its header of the element.
        exempt=(COMPAT + "include/gstreamer/", "tests/compat/programs/")),
    Ban("pragma-once", r"(?m)^\s*#\s*pragma\s+once\b", "an include guard named after the path"),
)


@dataclass(frozen=True)
class Layer:
    """What files under `folder` may include. Patterns match the text between the brackets or quotes."""

    folder: str
    quoted: str
    angled_banned: str
    instead: str
    exempt: tuple = ()


NOT_STANDARD = r"[./]"
THREADS_AND_FILES = (r"thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token|"
                     r"fstream|filesystem|iostream")
GSTREAMER = r"(?:gst|glib|gio|gmodule|gobject)(?:[-/.]|$)"
LIBRARIES = r"(?:curl|openssl|log4cplus|nlohmann|boost)/"

# The first folder that is a prefix of a file's path decides.
LAYERS = (
    Layer("pic/base/mutex.h", r"(?:pic|kvs)/", NOT_STANDARD, "pic/ includes pic/ and the standard library"),
    Layer("pic/", r"(?:pic|kvs)/", rf"{NOT_STANDARD}|^(?:{THREADS_AND_FILES})$",
          "pic/ includes pic/ and the standard library, without threads and files"),
    Layer("producer/", r"(?:pic|producer|kvs)/", rf"^{GSTREAMER}|^boost/",
          "producer/ includes producer/ and pic/; GStreamer and GLib belong in plugin/", (COMPAT,)),
    Layer("plugin/", r"(?:plugin|pic|kvs)/", rf"^{LIBRARIES}",
          "plugin/ includes GStreamer, plugin/, pic/ and the public headers kvs/...; the rest belongs in producer/"),
    Layer("emulator/model/", r"(?:emulator/model|pic|kvs)/",
          rf"^(?!nlohmann/json).*{NOT_STANDARD}|^(?:{THREADS_AND_FILES})$",
          "emulator/model/ is as pure as pic/, plus nlohmann-json"),
    Layer("emulator/", r"(?:emulator|pic|kvs)/", rf"^{GSTREAMER}|^(?:curl|log4cplus)/",
          "kvs-local shares no code with the producer, which it judges"),
)

# Words that must be in no text file. Split, so that this file does not contain them.
WORDS = (
    ("fixme", r"\bFIX" r"ME\b", "mend it, or describe it in an issue", ()),
    ("todo", r"\bTO" r"DO\b(?!\()", "name the issue: TO" "DO(#12)", ()),
    ("machine-path", r"(?<![\w.])/wor" r"k/", "a path relative to the root of the project", ()),
    ("outside-path", r"\.\./sha" r"red\b", "keep what tests need under tests/vectors", ("tests/unit/aws/",)),
)

CMAKE_BANS = (
    ("network-at-configure", r"\b(?:FetchContent\w*|ExternalProject\w*)\b|file\s*\(\s*DOWNLOAD",
     "find_package or pkg_check_modules: dependencies come from the system", ()),
    ("glob", r"file\s*\(\s*GLOB", "list sources by name", ("tests/",)),
    ("global-directories", r"(?m)^\s*(?:include_directories|link_directories|add_definitions)\s*\(",
     "target_include_directories and the like", ()),
)

TOKENS = re.compile(
    r'//(?:\\\n|[^\n])*'
    r'|/\*.*?\*/'
    r'|R"([^()\\\s]{0,16})\(.*?\)\1"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])*'", re.DOTALL)
WAIVER = re.compile(r"//.*\bNOLINT: \S")
INCLUDE = re.compile(r'(?m)^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)')
UNORDERED_NAME = re.compile(r"\bunordered_(?:multi)?(?:map|set)\s*<[^;{}()]*>\s*(\w+)\s*(?:;|=|\{|KVS_)")
QUOTED_FILE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARKDOWN_LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")


def blanked(text):
    """`text` with comments and includes removed and literals emptied; every line keeps its number."""

    def replacement(match):
        token = match.group(0)
        return ("" if token.startswith("/") else '""') + "\n" * token.count("\n")

    return TOKENS.sub(replacement, INCLUDE.sub("", text))


def list_files(root):
    """Paths of the tree's files relative to root: what git knows or would add; without git, all but build folders."""
    try:
        listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                check=True, capture_output=True).stdout.decode().split("\0")
        names = sorted({name for name in listed if name and os.path.isfile(os.path.join(root, name))})
        if names:
            return names
    except (OSError, subprocess.CalledProcessError):
        pass
    names = []
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = [name for name in subfolders if name not in SKIPPED_FOLDERS]
        names += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return sorted(names)


class Checker:
    def __init__(self, root):
        self.root = root
        self.names = list_files(root)
        self.violations = []

    def report(self, name, line, rule, what, instead):
        self.violations.append(f"{name}:{line}: {rule}: {what}; instead: {instead}")

    def read(self, name):
        """The text of a file; None when it is not text."""
        with open(os.path.join(self.root, name), "rb") as file:
            data = file.read()
        if b"\0" in data:
            return None
        return data.decode("utf-8", errors="replace")

    def search(self, name, text, rule, pattern, instead, waived=()):
        for match in re.finditer(pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            if line not in waived:
                self.report(name, line, rule, match.group(0).strip(), instead)

    def run(self):
        for name in self.names:
            self.check_size(name)
            if name.startswith(LARGE_FILES_ALLOWED):
                continue
            text = self.read(name)
            if text is None:
                continue
            self.check_words(name, text)
            if name.endswith(CPP_SUFFIXES):
                self.check_cpp(name, text)
            elif os.path.basename(name) == "CMakeLists.txt" or name.endswith(".cmake"):
                self.check_cmake(name, text)
            elif name.endswith(".md"):
                self.check_links(name, text)
                self.check_quotes(name, text)
        self.check_version()
        return self.violations

    def check_size(self, name):
        size = os.path.getsize(os.path.join(self.root, name))
        if size > MAX_FILE_BYTES and not name.startswith(LARGE_FILES_ALLOWED):
            self.report(name, 1, "size", f"{size} bytes", f"make it when it is needed, or put it in {LARGE_FILES_ALLOWED}")

    def check_words(self, name, text):
        for rule, pattern, instead, exempt in WORDS:
            if not name.startswith(exempt):
                self.search(name, text, rule, pattern, instead)

    def check_cmake(self, name, text):
        text = re.sub(r"#[^\n]*", "", text)
        for rule, pattern, instead, exempt in CMAKE_BANS:
            if not name.startswith(exempt):
                self.search(name, text, rule, pattern, instead)

    def check_links(self, name, text):
        for match in MARKDOWN_LINK.finditer(text):
            target = match.group(1)
            if re.match(r"[a-z]+:", target):
                continue
            if not os.path.exists(os.path.join(self.root, os.path.dirname(name), target)):
                line = text.count("\n", 0, match.start()) + 1
                self.report(name, line, "link", f"there is no {target}", "a file of this tree")

    def check_quotes(self, name, text):
        """A block that begins "```cpp PATH" is that file, whole."""
        for match in QUOTED_FILE.finditer(text):
            path, block = match.groups()
            if path not in self.names or self.read(path) != block:
                line = text.count("\n", 0, match.start()) + 1
                self.report(name, line, "quote", path, "the file as it is")

    def check_cpp(self, name, text):
        code = blanked(text)
        for ban in BANS:
            if name.startswith(ban.folders) and not name.startswith(ban.exempt):
                waived = self.waived_lines(text) if ban.waivable else ()
                self.search(name, code, ban.name, ban.pattern, ban.instead, waived)
        if name.startswith(PURE_FOLDERS):
            self.check_unordered_iteration(name, code)
        if name.startswith(CPP_FOLDERS):
            self.check_includes(name, text)
            if name.endswith(".h"):
                self.check_guard(name, text)

    @staticmethod
    def waived_lines(text):
        """Numbers of the lines that say why they do what a rule bans."""
        return {number for number, line in enumerate(text.split("\n"), 1) if WAIVER.search(line)}

    def check_unordered_iteration(self, name, code):
        declarations = code
        if name.endswith(".cc"):
            header = name[:-3] + ".h"
            if header in self.names:
                declarations += blanked(self.read(header))
        for container in sorted(set(UNORDERED_NAME.findall(declarations))):
            self.search(name, code, "unordered-iteration",
                        rf"for\s*\([^;)]*:\s*(?:this->)?{container}\s*\)|\b{container}\.c?begin\s*\(",
                        "std::map or a sorted vector: the order of an unordered container is not ours to rely on")

    def check_includes(self, name, text):
        layer = next((layer for layer in LAYERS if name.startswith(layer.folder)), None)
        for match in INCLUDE.finditer(text):
            quoted, angled = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            if quoted and "tests/" in quoted and not name.startswith("tests/"):
                self.report(name, line, "layer", quoted, "only tests include tests/")
                continue
            if layer is None or name.startswith(layer.exempt):
                continue
            if quoted and not (re.match(layer.quoted, quoted) and self.reaches_down(layer, quoted)):
                self.report(name, line, "layer", quoted, layer.instead)
            if angled and re.search(layer.angled_banned, angled):
                self.report(name, line, "layer", angled, layer.instead)

    def reaches_down(self, layer, quoted):
        """Whether "kvs/..." is one of the public headers that this layer may see."""
        if not quoted.startswith("kvs/"):
            return True
        if layer.folder.startswith(("pic/", "emulator/")):
            return f"pic/include/{quoted}" in self.names
        return True

    def check_guard(self, name, text):
        path = name.split("/include/")[-1]
        stem = re.sub(r"[^A-Za-z0-9]", "_", path).upper()
        guard = (stem if stem.startswith("KVS_") else "KVS_" + stem) + "_"
        lines = [line for line in blanked(text).split("\n") if line.strip()]
        wanted = [f"#ifndef {guard}", f"#define {guard}"]
        if [line.rstrip() for line in lines[:2]] != wanted or not text.rstrip().endswith(f"#endif  // {guard}"):
            self.report(name, 1, "guard", "missing or with another name", guard)

    def check_version(self):
        header_name = "pic/include/kvs/version.h"
        if "CMakeLists.txt" not in self.names or header_name not in self.names:
            self.report("CMakeLists.txt", 1, "version", "there is no project version to compare",
                        f"project(... VERSION) and {header_name}")
            return
        project = re.search(r"project\s*\([^)]*?VERSION\s+([0-9.]+)", self.read("CMakeLists.txt"))
        header = re.search(r'KVS_VERSION_STRING\s+"([^"]+)"', self.read(header_name))
        if not project or not header or project.group(1) != header.group(1):
            self.report(header_name, 1, "version", header.group(1) if header else "none",
                        f"what CMakeLists.txt says: {project.group(1) if project else 'none'}")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", "..")
    checker = Checker(os.path.realpath(root))
    violations = checker.run()
    for violation in violations:
        print(violation)
    print(f"{len(checker.names)} files, {len(violations)} violations")
    return 1 if violations or not checker.names else 0


if __name__ == "__main__":
    sys.exit(main())
