"""scripts/bench --quick yields a number for everything that it measures, and a page can be made of them."""

import importlib.machinery
import importlib.util
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SCRIPT = os.path.join(ROOT, "scripts/bench")
# What a system may not let us measure.
MAY_BE_MISSING = ("system_calls_per_frame",)


def numbers(value, path=""):
    """(path, value) of everything that is no list or object."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from numbers(each, f"{path}/{key}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from numbers(each, f"{path}/{number}")
    else:
        yield path, value


def load_script():
    """The script as a module, for its list of sections."""
    loader = importlib.machinery.SourceFileLoader("bench_script", SCRIPT)
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def main():
    build = sys.argv[1]
    code = subprocess.run([sys.executable, "-B", SCRIPT, "--quick", "--no-build", "--build", build], check=False).returncode
    if code != 0:
        return code
    script = load_script()
    with open(os.path.join(build, "results/quick.json"), encoding="utf-8") as file:
        results = json.load(file)
    missing = [name for name in script.SECTIONS if not results.get(name)]
    assert not missing, f"nothing was measured of {missing}"
    for path, value in numbers(results):
        assert value is not None or path.endswith(MAY_BE_MISSING), f"{path} is missing"
        assert not isinstance(value, float) or math.isfinite(value), f"{path} is {value}"
    for row in results["offline"]["rows"]:
        assert row["curl"]["median"] > 0 and row["bytes"] > 0, row
    folder = tempfile.mkdtemp(prefix="kvs-bench-")
    try:
        with open(os.path.join(folder, "performance.md"), "w", encoding="utf-8") as file:
            file.write(f"above\n{script.page.BEGIN}\nold\n{script.page.END}\nbelow\n")
        script.page.write(results, folder)
        with open(os.path.join(folder, "performance.md"), encoding="utf-8") as file:
            text = file.read()
        assert text.startswith("above\n") and text.endswith("\nbelow\n") and "old" not in text, text
        assert text.count("\n### ") == len(script.SECTIONS), text
        for name in ("performance-latency.svg", "performance-streams.svg"):
            assert os.path.getsize(os.path.join(folder, name)) > 0 and name in text, name
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
