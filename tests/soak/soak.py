#!/usr/bin/env python3
"""Drives the real window at random for hours and fails if it grows.

    python3 tests/soak/soak.py target/release/rnnscope --minutes 60

Needs Python 3.10, Xvfb and xdotool (Debian: apt install xvfb xdotool libgl1-mesa-dri), nothing else. The
window has a display, a settings folder and a working folder of its own, which are gone afterwards; its
events come from a seed, so that a run can be repeated.

Between bursts of random events the window is brought back to the same small settings ("at rest") and left
until it is idle. Memory at rest is what caches keep: resident memory less what files back, such as the
program and the graphics driver. After the warm-up a line is laid through it; the run fails if that line
climbs by more than --growth, if it ever exceeds --most, if handles or threads grow, or if the window ends. Every sample is a row of a CSV file, see README.md.
"""

import argparse
import csv
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
WIDTH, HEIGHT = 1280, 800
MB = 1 << 20

# Every shortcut but that which closes the window.
EXPLORE = [f"alt+{n}" for n in range(9)] + [f"alt+shift+{n}" for n in (1, 2, 3)]
EXPLORE += ["ctrl+r", "ctrl+shift+r", "ctrl+d", "ctrl+shift+d", "ctrl+b", "ctrl+shift+b", "ctrl+p", "ctrl+t"]
TRAIN = ["ctrl+Return", "ctrl+shift+Return", "ctrl+period", "ctrl+comma", "ctrl+n", "ctrl+m", "ctrl+shift+e"]
BOTH = ["ctrl+1", "ctrl+2", "ctrl+z", "ctrl+shift+z", "ctrl+l", "ctrl+e", "ctrl+shift+i", "ctrl+shift+n", "F1"]
PLAIN = ["Tab", "Tab", "space", "Return", "Escape", "Left", "Right", "Up", "Down", "Home", "End", "Delete"]
TYPED = ["0", "1", "-1", "0.5", "17", "64", "300", "1e3", "nan", "a b", "x.svg", "σ"]

# What is opened on the way, and what the window comes back to.
FILES = ["lstm_seed0.pt", "gru_seed0_checkpoint.pth", "raw_rnn.pt", "state_dicts/seq2seq.pt",
         "state_dicts/bidirectional.pt", "state_dicts/arrays.npz", "train.json", "long.csv", "steps.csv"]
REST = ["lstm_seed0.pt", "steps.csv"]


class Failure(Exception):
    """Why the run has failed."""


class Window:
    """The window under test, its display and its hands."""

    def __init__(self, binary, folder):
        self.folder = folder
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        home = {"HOME": folder, "XDG_DATA_HOME": f"{folder}/data", "XDG_CONFIG_HOME": f"{folder}/config"}
        aside = ("WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DBUS_SESSION_BUS_ADDRESS")
        environment = {key: value for key, value in os.environ.items() if key not in aside}
        environment |= home | {"DISPLAY": f":{number}", "LIBGL_ALWAYS_SOFTWARE": "1"}
        self.process = subprocess.Popen([binary, "--frame-times"], env=environment, cwd=folder,
                                        stdout=subprocess.PIPE, text=True)
        self.frames = (0, 0.0, 0.0)
        self.lock = threading.Lock()
        threading.Thread(target=self.follow_frames, daemon=True).start()
        find = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "rnnscope"]
        self.id = subprocess.check_output(find, env=environment, text=True, timeout=60).split()[0]
        # One process for all events: starting one for each would take longer than the window does.
        self.hands = subprocess.Popen(["xdotool", "-"], env=environment, stdin=subprocess.PIPE, text=True,
                                      stderr=subprocess.DEVNULL)
        self.do(f"windowmove {self.id} 0 0")
        self.resize(WIDTH, HEIGHT)

    def follow_frames(self):
        """Adds up what the window says of its frames: their number, milliseconds of all, of the worst."""
        for line in self.process.stdout:
            count, total, worst = line.split()
            with self.lock:
                frames = self.frames
                self.frames = (frames[0] + int(count), frames[1] + float(total), max(frames[2], float(worst)))

    def take_frames(self):
        """What was added up since the last call."""
        with self.lock:
            frames, self.frames = self.frames, (0, 0.0, 0.0)
        return frames

    def do(self, command):
        """Has xdotool carry out a line of its own language."""
        self.hands.stdin.write(command + "\n")
        self.hands.stdin.flush()

    def resize(self, width, height):
        self.do(f"windowsize {self.id} {width} {height}")
        # Without a window manager nobody else hands out the keyboard.
        self.do(f"windowfocus {self.id}")

    def key(self, key):
        self.do(f"key --clearmodifiers {key}")

    def type(self, text):
        self.do(f"type --delay 2 -- '{text}'")

    def open(self, name):
        """Opens a file by way of the dialog that asks for a path."""
        self.key("Escape")
        self.key("Escape")
        self.key("ctrl+o")
        time.sleep(1.0)
        self.key("ctrl+a")
        self.type(f"{self.folder}/{name}")
        self.key("Return")
        time.sleep(1.0)
        self.key("Escape")

    def ticks(self):
        """Processor time used so far, in seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def sample(self):
        """Resident bytes, those of them that no file backs, open handles, threads."""
        place = Path(f"/proc/{self.process.pid}")
        if self.process.poll() is not None:
            raise Failure(f"the window has ended with {self.process.returncode}")
        status = (place / "status").read_text().split("\n")
        told = {line.split(":")[0]: 1024 * int(line.split()[1]) for line in status if line.endswith("kB")}
        return told["VmRSS"], told["RssAnon"], len(os.listdir(place / "fd")), len(os.listdir(place / "task"))

    def settle(self, patience):
        """Waits until it hardly uses the processor. False if it never does."""
        end = time.monotonic() + patience
        calm = 0
        while time.monotonic() < end and calm < 2:
            before = self.ticks()
            time.sleep(1.0)
            calm = calm + 1 if self.ticks() - before < 0.1 else 0
        return calm >= 2

    def rest(self):
        """The same small settings, whatever was on screen; nothing under way."""
        self.key("Escape")
        self.do("mouseup 1")
        self.resize(WIDTH, HEIGHT)
        self.open("small.json")
        for key in ["ctrl+2", "ctrl+period", "ctrl+1", "ctrl+shift+p", "alt+0"]:
            self.key(key)
        for name in REST:
            self.open(name)
        self.key("ctrl+r")
        self.do(f"mousemove {WIDTH - 2} {HEIGHT - 2}")
        return self.settle(90)

    def burst(self, dice, seconds):
        """Random events for a while. Returns their number."""
        end = time.monotonic() + seconds
        events = 0
        while time.monotonic() < end:
            self.event(dice)
            events += 1
            time.sleep(dice.choice([0.01, 0.03, 0.05, 0.1]))
        return events

    def event(self, dice):
        at = lambda: f"{dice.randrange(WIDTH)} {dice.randrange(HEIGHT)}"
        kind = dice.random()
        if kind < 0.35:
            self.do(f"mousemove {at()} click 1")
        elif kind < 0.45:
            self.do(f"mousemove {at()} mousedown 1 mousemove {at()} mousemove {at()} mouseup 1")
        elif kind < 0.55:
            self.do(f"mousemove {at()} click --repeat 3 --delay 5 {dice.choice([4, 5])}")
        elif kind < 0.60:
            self.do(f"mousemove {at()} click --repeat 2 --delay 20 {dice.choice([1, 1, 3])}")
        elif kind < 0.82:
            self.key(dice.choice(dice.choice([EXPLORE, TRAIN, BOTH])))
        elif kind < 0.92:
            self.key(dice.choice(PLAIN))
        elif kind < 0.97:
            self.type(dice.choice(TYPED))
        elif kind < 0.99:
            self.open(dice.choice(FILES))
        elif dice.random() < 0.5:
            self.resize(dice.randrange(320, WIDTH), dice.randrange(240, HEIGHT))
        else:
            self.resize(WIDTH, HEIGHT)

    def close(self):
        for process in (self.hands, self.process, self.server):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in (self.hands, self.process, self.server):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def prepare(folder):
    """Copies of what is opened, so that nothing of the repository can be written to."""
    for name in FILES + REST + ["small.json"]:
        target = Path(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if (DATA / name).is_file():
            shutil.copy(DATA / name, target)
    Path(folder, "steps.csv").write_text("".join(f"{n % 5 - 2}\n" for n in range(12)))
    Path(folder, "long.csv").write_text("".join(f"{n % 7}\n" for n in range(3000)))
    Path(folder, "small.json").write_text(Path(__file__).with_name("small.json").read_text())


def slope(points):
    """Of the line of least squares, in bytes an hour, for (seconds, bytes)."""
    if len(points) < 3:
        return 0.0
    return 3600.0 * statistics.linear_regression(*zip(*points)).slope


def run(options, folder, rows):
    window = Window(options.binary, folder)
    start = time.monotonic()
    dice = random.Random(options.seed)
    rested, total = [], 0
    try:
        time.sleep(3)
        while (seconds := time.monotonic() - start) < 60 * options.minutes or not rested:
            events = window.burst(dice, options.burst) if rested else 0
            total += events
            busy = window.sample()
            calm = window.rest()
            resident, own, handles, threads = window.sample()
            count, spent, worst = window.take_frames()
            seconds = time.monotonic() - start
            row = [round(seconds), total, round(busy[0] / MB, 1), round(resident / MB, 1), round(own / MB, 1),
                   handles, threads, count, round(spent / max(count, 1), 2), round(worst, 1), int(calm)]
            rows(row)
            if calm:
                rested.append((seconds, own, handles, threads))
            # Otherwise a long computation is still under way: a state that is not at rest is not compared.
        return judge(rested, options)
    finally:
        window.close()


def judge(rested, options):
    """What is to be said of a run; fails if it grew."""
    warm = [row for row in rested if row[0] >= 60 * options.warm_up]
    if len(warm) < 3:
        return f"{len(rested)} times at rest: too short a run to speak of growth"
    climb = slope([(seconds, resident) for seconds, resident, _, _ in warm]) / MB
    most = max(resident for _, resident, _, _ in rested) / MB
    quarter = max(len(warm) // 4, 1)
    handles, threads = (
        max(row[place] for row in warm[-quarter:]) - max(row[place] for row in warm[:quarter])
        for place in (2, 3))
    text = (f"{len(rested)} times at rest; own memory then at most {most:.0f} MB, {climb:+.1f} MB an hour after "
            f"the warm-up; handles {handles:+d}, threads {threads:+d}")
    if climb > options.growth or most > options.most or handles > 5 or threads > 5:
        raise Failure(f"it grows: {text}")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=os.path.abspath, help="the program under test, best a release build")
    parser.add_argument("--minutes", type=float, default=60, help="how long [60]")
    parser.add_argument("--seed", type=int, default=0, help="of the events [0]")
    parser.add_argument("--burst", type=float, default=40, help="seconds of events between two rests [40]")
    parser.add_argument("--warm-up", type=float, default=15, help="minutes that are not judged [15]")
    parser.add_argument("--growth", type=float, default=30, help="MB an hour allowed after that [30]")
    parser.add_argument("--most", type=float, default=400, help="MB allowed at rest [400]")
    parser.add_argument("--csv", type=Path, default=Path("soak.csv"), help="where samples go [soak.csv]")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rnnscope-soak-") as folder, options.csv.open("w") as out:
        prepare(folder)
        writer = csv.writer(out, lineterminator="\n")

        def rows(row):
            writer.writerow(row)
            out.flush()
            print(*row, flush=True)

        rows(["seconds", "events", "busy_mb", "rest_mb", "own_mb", "handles", "threads", "frames", "frame_ms",
              "worst_frame_ms", "at_rest"])
        try:
            print(run(options, folder, rows))
        except Failure as failure:
            sys.exit(str(failure))


if __name__ == "__main__":
    main()
