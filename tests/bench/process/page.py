"""docs/performance.md: the tables and drawings of what scripts/bench has measured, between two marks; the rest of the page is left alone."""

import os
import subprocess

from harness import tool

BEGIN, END = "<!-- written by scripts/bench -->", "<!-- end of what scripts/bench writes -->"
MIB = 1 << 20
# The targets, as multiples of curl over TLS.
TARGETS = {"small": 2.0, "full-hd": 1.6, "large": 1.25}
CURVE = 200  # points of a drawing, however many frames
PLOT = """\
set encoding utf8
set terminal svg size {width},{height} font "sans-serif,12" background rgb "white"
set output "{output}"
set grid
set key top left
"""


def of(spread, scale=1.0, form="{:.2f}"):
    """A median, and between which values it lies."""
    if spread is None:
        return "–"
    low, middle, high = (form.format(spread[key] * scale) for key in ("min", "median", "max"))
    return middle if low == high else f"{middle} ({low}–{high})"


def table(*lines):
    head, *rows = lines
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *rows)) + "\n"


def wire(result):
    return "TLS" if result["tls"] else "http"


def offline(results):
    rows = [[row["what"], wire(row), of(row["minimal"]), of(row["curl"]), of(row["demux"]), of(row["kvssink_net"]), of(row["ratio"]),
             f"{TARGETS[row['recording']]:.2f}" if row["tls"] else "", of(row["server"]["kvssink"])] for row in results["rows"]]
    text = "### Uploads of files\n\n" + table(
        ("Recording", "", "minimal sender", "curl", "reading alone", "`kvssink` without reading", "multiple of curl", "target", "`kvs-local`"), *rows)
    rows = [[str(row["uploads"]), wire(row), f"{row['bytes_per_second'] / 1e6:.0f}", f"{row['server_cpu_per_gb']:.2f}"]
            for row in results["capacity"]]
    return text + ("\nCPU seconds for each GB. What `kvs-local` takes by itself, with nothing but curl in front of it (its one thread and all "
                   "senders share the machine):\n\n") + table(("Uploads at once", "", "MB/s", "CPU s/GB"), *rows)


def latency(results):
    def times(spread):
        return [f"{spread[key]:.2f}" for key in ("p50", "p90", "p99", "max")]

    rows = []
    for row in results:
        for what, key in (("picture: pad → its last byte is read by the service", "picture"),
                          ("sound: pad → its last byte is read by the service", "sound"),
                          ("pad → BUFFERING of the fragment, in the application", "first_frame_to_buffering"),
                          ("pad → PERSISTED of the fragment that the frame ends", "end_to_persisted")):
            if key in row:
                rows.append([what + ("" if "sound" in row else "; no sound"), wire(row), str(row[key]["count"]), *times(row[key])])
    late = max(row["late_ms"] for row in results)
    return ("### From the pad to the wire\n\n" + table(("Realtime, 1080p 4 Mbit/s + AAC; ms", "", "Count", "p50", "p90", "p99", "max"), *rows) +
            f"\nThe machine woke the pushing thread up to {late:.1f} ms late.\n\n![Latency](performance-latency.svg)\n")


def start(results):
    rows = [["stream exists" if row["exists"] else "stream to be created", wire(row), of(row["to_playing_ms"]), of(row["to_put_media_ms"], form="{:.0f}")]
            for row in results["with_service"]]
    rows.append(["nobody answers", "", of(results["without_service"]["to_playing_ms"]), "–"])
    return "### Starting\n\n" + table(("", "", "`set_state` to PLAYING, ms", "to the first byte of putMedia, ms"), *rows)


def costs(title, results, first, name):
    rows = [[name(row), wire(row), of(row["cpu_per_byte"], 1e9), of(row["cpu_per_frame"], 1e6, "{:.0f}"),
             of(row["push_cpu_per_frame"], 1e6, "{:.1f}"), of(row["core"], 100, "{:.1f}"), of(row["allocations_per_frame"]),
             of(row["system_calls_per_frame"]), of(row["switches_per_frame"])] for row in results]
    return f"### {title}\n\n" + table((first, "", "CPU s/GB", "CPU µs/frame", "of it in the push", "% of a core", "Allocations/frame",
                                       "System calls/frame", "Context switches/frame"), *rows)


def held(results, first, name):
    rows = [[name(row), of(row["written"], 1 / MIB, "{:.1f}"), of(row["stored"], 1 / MIB, "{:.1f}"), of(row["resident"], 1 / MIB, "{:.1f}"), of(row["virtual"], 1 / MIB, "{:.0f}"),
             of(row["sent"], 100, "{:.0f}"), f"{len(row['threads'])}", of(row["to_playing_ms"], form="{:.1f}"), of(row["to_null_ms"], form="{:.1f}"), f"{row['late_ms']:.0f}"]
            for row in results]
    return "\n" + table((first, "Written to, MiB", "Frames kept, MiB", "Resident, MiB", "Address space, MiB", "Sent of what was pushed, %", "Threads", "All to PLAYING, ms", "All to NULL, ms",
                         "Driver late, ms"), *rows)


def streams(results):
    def name(row):
        together = ", key frames at the same moment" if row.get("together") else ""
        return f"{row['streams']} × {row['bits_per_second'] / row['streams'] / 1e6:.1f} Mbit/s{together}"

    return (costs("Many streams", results, "Streams", name) + held(results, "Streams", name) +
            "\nWhere not all is sent, the network thread did not keep up on a machine that it shares with the driver and the service: the "
            "costs are then those of frames that were put, not sent.\n\n![Cost with the number of streams](performance-streams.svg)\n")


def one(results):
    def name(row):
        return f"1080p 4 Mbit/s + AAC, {wire(row)}"

    return costs("One stream", results, "Realtime", name) + held(results, "Above the same into fakesink", name)


def rates(results):
    return costs("Frame rate", results, "4 Mbit/s at", lambda row: f"{row['frames_per_second']:.0f} frames/s")


def backlog(results):
    return (f"### Backlog\n\nA push, in µs of its thread, while {results['seconds'] / 60:.0f} minutes of 1 Mbit/s are kept because nobody "
            "answers, by twelfths: " + ", ".join(f"{each:.1f}" for each in results["push_us"]) +
            f". Then {results['written'] / MIB:.0f} MiB are held for {results['bytes'] / MIB:.0f} MiB of frames.\n")


SECTIONS = {"offline": offline, "latency": latency, "start": start, "one": one, "streams": streams, "rates": rates, "backlog": backlog}


def text(results):
    return "\n".join(write(results[name]) for name, write in SECTIONS.items() if name in results)


def gnuplot(folder, name, script, width=800, height=400):
    head = PLOT.format(output=os.path.join(folder, name), width=width, height=height)
    subprocess.run([tool("gnuplot")], input=(head + script).encode(), check=True)


def block(name, points):
    return f"${name} << EOD\n" + "\n".join(" ".join(f"{value:.6g}" for value in point) for point in points) + "\nEOD\n"


def draw(results, folder):
    if "latency" in results:
        data, lines = "", []
        for row in results["latency"]:
            for kind in ("picture", "sound"):
                if kind not in row or not row["tls"]:
                    continue
                times = row[kind]["times"]
                name = f"{kind}_{len(lines)}"
                data += block(name, [(times[(len(times) - 1) * i // CURVE], 100 * i / CURVE) for i in range(CURVE + 1)])
                lines.append(f'${name} using 1:2 with lines lw 2 title "{kind}{"" if "sound" in row else ", no sound"}"')
        gnuplot(folder, "performance-latency.svg", data + 'set key bottom right\nset logscale x\nset xlabel "ms from the pad to the service, TLS"\n'
                'set ylabel "% of frames"\nplot ' + ", ".join(lines) + "\n")
    if "streams" in results:
        rows = [row for row in results["streams"] if row["tls"]]
        # Those of one bit rate; the others are there for the memory.
        rows = [row for row in rows if row["bits_per_second"] < 2e6 * row["streams"]]
        data = block("cpu", [(row["streams"], row["cpu_per_frame"]["median"] * 1e6) for row in rows])
        lines = ['$cpu using 1:2 with linespoints lw 2 title "CPU µs/frame"']
        head = 'set logscale x\nset xlabel "streams of 1 Mbit/s, TLS"\nset ylabel "CPU µs/frame"\nset yrange [0:*]\n'
        if all(row["system_calls_per_frame"] for row in rows):
            data += block("calls", [(row["streams"], row["system_calls_per_frame"]["median"]) for row in rows])
            lines.append('$calls using 1:2 axes x1y2 with linespoints lw 2 title "system calls/frame"')
            head += 'set y2label "system calls/frame"\nset y2tics\nset y2range [0:*]\n'
        gnuplot(folder, "performance-streams.svg", data + head + "plot " + ", ".join(lines) + "\n")


def write(results, folder):
    path = os.path.join(folder, "performance.md")
    with open(path, encoding="utf-8") as file:
        page = file.read()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise AssertionError(f"{path} does not have the marks {BEGIN} and {END}")
    draw(results, folder)
    with open(path, "w", encoding="utf-8") as file:
        machine = results["machine"]
        file.write(f"{before}{BEGIN}\n\nMeasured on {machine['processors']} × {machine['processor']}, Linux {machine['system']}.\n\n"
                   f"{text(results)}\n{END}{after}")
