#!/usr/bin/env python3
"""Tests of check_tree.py: each planted violation is found where it stands, and what only looks like one is not."""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_tree  # noqa: E402

CLEAN = {
    "CMakeLists.txt": "project(kvsproducer VERSION 1.2.3\n        LANGUAGES CXX)\n",
    "pic/include/kvs/version.h":
        '#ifndef KVS_VERSION_H_\n#define KVS_VERSION_H_\n#define KVS_VERSION_STRING "1.2.3"\n#endif  // KVS_VERSION_H_\n',
}

# (rule, path, text): one violation on the last line of the text.
PLANTED = [
    ("clock", "pic/a.cc", "auto t = std::chrono::steady_clock::now();"),
    ("clock", "emulator/model/a.cc", "auto t = time(nullptr);"),
    ("clock", "pic/a.cc", "auto t = std::time(&x);"),
    ("clock", "pic/a.cc", "clock_gettime(CLOCK_REALTIME, &ts);"),
    ("random", "pic/a.cc", "std::random_device device;"),
    ("random", "pic/a.cc", "int i = rand();"),
    ("thread", "pic/a.cc", "std::jthread worker;"),
    ("thread", "pic/b/mutex.h.cc", "std::mutex m;"),
    ("sleep", "pic/a.cc", "std::this_thread::sleep_for(x);"),
    ("environment", "pic/a.cc", 'std::getenv("X");'),
    ("file", "pic/a.cc", "std::ofstream out;"),
    ("pointer-keyed", "pic/a.cc", "std::map<const kvs::Stream*, int> m;"),
    ("unordered-iteration", "pic/a.cc", "std::unordered_map<int, int> by_id;\nfor (const auto& [k, v] : by_id)"),
    ("unordered-iteration", "pic/a.cc", "std::unordered_set<int> seen_;\nstd::vector<int> v(seen_.begin(), e);"),
    ("curl_easy_perform", "producer/net/a.cc", "curl_easy_perform(easy);"),
    ("new", "producer/a.cc", "// why\nauto* p = new Thing();"),
    ("new", "tests/unit/a.cc", "/* a\n new */ int x;\nstd::shared_ptr<T> p(new T);"),
    ("new", "producer/a.cc", "static T* const kT = new T();  // NOLINT"),
    ("endl", "producer/a.cc", "std::cout << std::endl;  // NOLINT: I like it"),
    ("delete", "producer/a.cc", "delete p;"),
    ("delete", "producer/a.cc", "delete[] p;"),
    ("endl", "samples/a.cc", "std::cout << std::endl;"),
    ("printf", "emulator/server/a.cc", 'std::printf("x");'),
    ("printf", "tests/a.cc", 'fprintf(stderr, "x");'),
    ("throw", "producer/a.cc", 'throw std::runtime_error("x");'),
    ("using-namespace", "plugin/a.cc", "using namespace std;"),
    ("layer", "pic/a.cc", '#include "producer/net/curl.h"'),
    ("layer", "pic/a.cc", '#include "kvs/producer.h"'),
    ("layer", "pic/a.cc", "#include <curl/curl.h>"),
    ("layer", "pic/a.cc", "#include <unistd.h>"),
    ("layer", "pic/a.cc", "#include <thread>"),
    ("layer", "pic/a.cc", "#  include <fstream>"),
    ("layer", "producer/a.cc", "#include <gst/gst.h>"),
    ("layer", "producer/a.cc", "#include <glib.h>"),
    ("layer", "producer/a.cc", '#include "plugin/sink.h"'),
    ("layer", "plugin/a.cc", "#include <curl/curl.h>"),
    ("layer", "plugin/a.cc", '#include "producer/net/curl.h"'),
    ("layer", "emulator/server/a.cc", '#include "producer/aws/sigv4.h"'),
    ("layer", "emulator/model/a.cc", "#include <boost/asio.hpp>"),
    ("layer", "emulator/model/a.cc", '#include "emulator/server/http.h"'),
    ("layer", "producer/a.cc", '#include "tests/support/fake.h"'),
    ("fixme", "docs/a.md", "text\nFIX" "ME"),
    ("todo", "docs/a.md", "TO" "DO later"),
    ("machine-path", "scripts/a", "cd /wor" "k/main"),
    ("outside-path", "tests/unit/b/a.cc", "// ../sha" "red/x"),
    ("link", "docs/a.md", "one\n[b](b.md)"),
    ("glob", "pic/CMakeLists.txt", "file(GLOB x *.cc)"),
    ("network-at-configure", "CMakeLists2.cmake", "include(FetchContent)"),
    ("global-directories", "cmake/a.cmake", "include_directories(x)"),
]

INNOCENT = [
    ("pic/a.cc", "// new, delete, printf( and std::endl are words here; time(nullptr)\n"),
    ("pic/a.cc", 'const char* s = "new std::endl // printf(";\n'),
    ("pic/a.cc", 'auto s = R"x(throw " new )x";\n'),
    ("pic/a.cc", "const int k = 1'000'000; const char c = '\"'; const char d = '\\'';\n"),
    ("pic/a.cc", "Thing(const Thing&) = delete;\nauto t = frame.time(); Duration time(int);\n"),
    ("pic/a.cc", "std::unordered_map<int, int> by_id;\nif (by_id.find(1) != by_id.end()) {}\n"),
    ("pic/a.cc", '#include <vector>\n#include <cstdio>\n#include "pic/b.h"\n#include "kvs/version.h"\n'),
    ("pic/a.cc", "std::snprintf(b, sizeof b, f); renew(x);\n"),
    ("pic/base/mutex.h",
     "// Locks.\n#ifndef KVS_PIC_BASE_MUTEX_H_\n#define KVS_PIC_BASE_MUTEX_H_\n\n#include <mutex>\nstd::mutex m;\n"
     "#endif  // KVS_PIC_BASE_MUTEX_H_\n"),
    ("producer/a.cc", '#include <curl/curl.h>\n#include <thread>\n#include "producer/b.h"\n'),
    ("producer/a.cc", "#include <new>\nstatic T* const kT = new T();  // NOLINT: never destroyed on purpose\n"),
    ("producer/compat/a.cc", "throw 1;\n"),
    ("plugin/gstkvssink.cc", "#include <gst/gst.h>\nself->impl = new Sink();\ndelete self->impl;\n"),
    ("tests/unit/a.cc", "void* operator new(std::size_t n);\ncurl_easy_perform(easy);\n"),
    ("docs/a.md", "[home](../CMakeLists.txt#top) [out](https://example.com/wor" "k/x) TO" "DO(#12)\n"),
    ("tests/CMakeLists.txt", "file(GLOB x *)  # include_directories(\n"),
]


def check(files):
    """The violations of a tree with these files besides the clean ones."""
    with tempfile.TemporaryDirectory() as root:
        for name, content in {**CLEAN, **files}.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
        return check_tree.Checker(root).run()


class CheckTreeTest(unittest.TestCase):
    def test_a_clean_tree_has_no_violation(self):
        self.assertEqual(check({}), [])

    def test_finds_what_is_planted(self):
        for rule, path, text in PLANTED:
            with self.subTest(rule=rule, text=text):
                violations = check({path: text + "\n"})
                line = text.count("\n") + 1
                self.assertEqual([v.split(": ")[:2] for v in violations], [[f"{path}:{line}", rule]], violations)
                self.assertIn("; instead: ", violations[0])

    def test_every_ban_is_planted_once(self):
        rules = {ban.name for ban in check_tree.BANS} | {row[0] for row in check_tree.WORDS + check_tree.CMAKE_BANS}
        # A header without #pragma once is the subject of the guard tests.
        self.assertEqual(rules - {rule for rule, _, _ in PLANTED}, {"pragma-once"})

    def test_leaves_alone_what_only_looks_like_a_violation(self):
        for path, text in INNOCENT:
            with self.subTest(text=text):
                self.assertEqual(check({path: text}), [])

    def test_a_member_declared_in_the_header_is_known_in_the_source(self):
        header = ("#ifndef KVS_PIC_A_H_\n#define KVS_PIC_A_H_\nstd::unordered_map<int, int> by_id_;\n"
                  "#endif  // KVS_PIC_A_H_\n")
        violations = check({"pic/a.h": header, "pic/a.cc": "for (auto& x : by_id_) {}\n"})
        self.assertEqual([v.split(": ")[:2] for v in violations], [["pic/a.cc:1", "unordered-iteration"]])

    def test_guards_are_named_after_the_path(self):
        wrong = "#ifndef KVS_B_H_\n#define KVS_B_H_\n#endif  // KVS_B_H_\n"
        self.assertIn("pic/a.h:1: guard", check({"pic/a.h": wrong})[0])
        self.assertIn("pic/a.h:1: guard", check({"pic/a.h": "int x;\n"})[0])
        self.assertEqual(check({"producer/include/kvs/b.h": wrong}), [])
        rules = [v.split(": ")[1] for v in check({"pic/a.h": "#pragma once\n"})]
        self.assertEqual(rules, ["pragma-once", "guard"])

    def test_large_files_only_among_the_vectors(self):
        large = b"x" * (check_tree.MAX_FILE_BYTES + 1)
        self.assertIn("docs/a.bin:1: size", check({"docs/a.bin": large})[0])
        self.assertEqual(check({"tests/vectors/a.bin": large}), [])
        self.assertEqual(check({"docs/a.bin": large[1:]}), [])

    def test_a_quoted_file_is_that_file(self):
        def readme(block):
            return {"samples/a.py": "one\ntwo\n", "README.md": f"text\n```cpp samples/a.py\n{block}```\n"}
        self.assertEqual(check(readme("one\ntwo\n")), [])
        self.assertIn("README.md:2: quote: samples/a.py", check(readme("one\n"))[0])
        self.assertIn("README.md:1: quote: samples/b.py", check({"README.md": "```cpp samples/b.py\n```\n"})[0])

    def test_the_header_states_the_version_of_the_project(self):
        old = CLEAN["pic/include/kvs/version.h"].replace("1.2.3", "1.2.2")
        self.assertIn("version.h:1: version: 1.2.2", check({"pic/include/kvs/version.h": old})[0])
        self.assertIn("version", check({"CMakeLists.txt": "\n"})[0])


if __name__ == "__main__":
    unittest.main()
