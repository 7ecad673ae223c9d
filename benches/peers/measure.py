"""loa beside its peers, measured from outside: what `benches/peers/run` runs.

Each program plays the same sound into a silent sink of a private PulseAudio server. A recorder on the sink's monitor
says when it began. The sink's clock is not the machine's, so what a recorded frame is in wall time is taken from the
seconds around each onset: the earliest arrivals of the recorder's blocks, and a line through them. What is left is the
same constant for all (the recorder's own way), so offsets compare and spreads are the programs' own.

Nothing here is taken from what a program says of itself but where the table says so.
"""

import argparse, array, contextlib, json, math, os, platform, random, resource, shutil, signal, socket, sqlite3
import subprocess, sys, tempfile, threading, time
from pathlib import Path

RATE = 48_000
SINKS = 32
LOUD = 0.3
"""A sample louder than this is sound; the burst has 0.8."""


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else float("nan")


def share(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, round((len(values) - 1) * part))] if values else float("nan")


class Server:
    """A PulseAudio server with silent sinks, and the environment in which programs find it."""

    def __init__(self, home):
        self.home = Path(home)
        (self.home / ".config/pulse").mkdir(parents=True)
        (self.home / ".config/pulse/cookie").write_bytes(bytes(256))
        where = f"unix:{self.home}/native"
        lines = ["defaults.namehint.showall on\n"]
        for number in range(SINKS):
            led = f'{{ type pulse server "{where}" device "horn{number}" }}'
            lines.append(f"pcm.horn{number} {led}\n")
        lines.append(f'pcm.!default {{ type pulse server "{where}" device "horn0" }}\n')
        lines.append(f'ctl.!default {{ type pulse server "{where}" }}\n')
        (self.home / "asound.conf").write_text("".join(lines))
        self.env = dict(
            os.environ, HOME=str(self.home), XDG_RUNTIME_DIR=str(self.home), XDG_CONFIG_HOME=f"{self.home}/.config",
            PULSE_RUNTIME_PATH=str(self.home), PULSE_SERVER=where, ALSA_CONFIG_PATH=f"{self.home}/asound.conf", LANG="C.UTF-8",
        )
        for name in ("DBUS_SESSION_BUS_ADDRESS", "PULSE_SINK"):
            self.env.pop(name, None)
        sinks = [f"--load=module-null-sink sink_name=horn{n} rate={RATE} channels=2" for n in range(SINKS)]
        self.process = subprocess.Popen(
            ["pulseaudio", "-n", "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no", "--log-level=error",
             f"--load=module-native-protocol-unix auth-anonymous=1 socket={self.home}/native", *sinks],
            env=self.env, stderr=subprocess.DEVNULL)
        until(lambda: (self.home / "native").exists(), 20, "the sound server")

    def start(self, command, **more):
        return subprocess.Popen(command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, **more)

    def end(self):
        end(self.process)


def until(ready, seconds, what):
    limit = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > limit:
            raise RuntimeError(f"{what}: not within {seconds} s")
        time.sleep(0.005)


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Ear:
    """What one sink plays, with the wall time at which each block of it arrived."""

    def __init__(self, server, sink):
        self.blocks = []
        self.samples = bytearray()
        self.process = subprocess.Popen(
            ["parec", f"--device=horn{sink}.monitor", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1",
             "--latency-msec=10"], env=server.env, stdout=subprocess.PIPE, bufsize=0)
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        until(lambda: len(self.blocks) > 20, 20, "the recorder")

    def _listen(self):
        pipe = self.process.stdout.fileno()
        while True:
            data = os.read(pipe, 65_536)
            now = time.time()
            if not data:
                return
            self.samples += data
            self.blocks.append((len(self.samples) // 2, now))

    def onsets(self):
        """Wall times at which sound began after a tenth of a second of silence."""
        self.process.kill()
        self.thread.join()
        sound = array.array("h", bytes(self.samples[: len(self.samples) // 2 * 2]))
        limit, quiet, at = int(LOUD * 32_767), RATE, []
        for frame, sample in enumerate(sound):
            if -limit < sample < limit:
                quiet += 1
            else:
                if quiet > RATE // 10:
                    at.append(frame)
                quiet = 0
        return [self._wall(frame) for frame in at]

    def _wall(self, frame):
        """The line through the earliest arrival of each half second within four seconds of `frame`."""
        earliest = {}
        for last, at in self.blocks:
            if abs(last - frame) < 4 * RATE:
                lag, half = at - last / RATE, last // (RATE // 2)
                earliest[half] = min(earliest.get(half, (lag, 0)), (lag, last))
        points = [(last, lag) for lag, last in earliest.values()]
        middle = sum(x for x, _ in points) / len(points)
        mean = sum(y for _, y in points) / len(points)
        spread = sum((x - middle) ** 2 for x, _ in points)
        slope = sum((x - middle) * (y - mean) for x, y in points) / spread if spread else 0.0
        return frame / RATE + mean + slope * (frame - middle)


def errors(due, heard):
    """For each due instant the onset nearest to it, in ms; what is further off than 1.5 s is none."""
    found = []
    for instant in due:
        near = min(heard, key=lambda at: abs(at - instant), default=None)
        if near is not None and abs(near - instant) < 1.5:
            found.append((near - instant) * 1e3)
    return found


# The programs.

class Loa:
    """A station for each question."""

    def __init__(self, program, server, sounds):
        self.program, self.server, self.sounds = program, server, sounds

    def station(self, directory, zones, broadcasts, output="device:horn{}"):
        directory.mkdir()
        shutil.copytree(self.sounds, directory / "audio")
        (directory / "schedules").mkdir()
        text = 'name = "Bench"\n[clock]\ntrust = "always"\n'
        for zone in range(zones):
            text += f'[zones.z{zone}]\noutput = "{output.format(zone)}"\nloudness = "off"\n'
        (directory / "loa.toml").write_text(text)
        rules = '[rules]\nhours = ["00:00-24:00"]\nmax_session = "24h"\nmax_sessions_per_day = 96\n'
        (directory / "schedules/a.toml").write_text(rules + broadcasts)

    def command(self, directory, *words):
        return [self.program, "--dir", str(directory), *words]

    def run(self, directory):
        """Start it; the process, and the seconds until it said READY."""
        path = directory / "notify"
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
            notices.bind(str(path))
            notices.settimeout(60)
            began = time.monotonic()
            self.server.env["NOTIFY_SOCKET"] = str(path)
            process = self.server.start(self.command(directory, "run"))
            del self.server.env["NOTIFY_SOCKET"]
            while b"READY=1" not in notices.recv(4_096):
                pass
            return process, time.monotonic() - began


def clock_of_vietnam(instant):
    return time.strftime("%H:%M:%S", time.gmtime(instant + 7 * 3_600))


def at_these(instants):
    return ", ".join(f'"{clock_of_vietnam(instant)}"' for instant in instants)


def by_timer(server, command):
    """A program that is started at the very instant by a timer that is exact: the best that a script could do."""
    def play(due):
        running = []
        for instant in due:
            wait = instant - time.time() - 0.002
            if wait > 0:
                time.sleep(wait)
            while time.time() < instant:
                pass
            running.append(server.start(command))
        for process in running:
            process.wait()
    return play


def mpd_config(home, sounds, sinks):
    text = f"""music_directory "{sounds}"
db_file "{home}/db"
state_file "{home}/state"
pid_file "{home}/pid"
log_file "{home}/log"
bind_to_address "{home}/mpd.sock"
auto_update "no"
"""
    for sink in sinks:
        text += f'audio_output {{\n type "pulse"\n name "horn{sink}"\n sink "horn{sink}"\n}}\n'
    (home / "mpd.conf").write_text(text)
    return ["mpd", "--no-daemon", str(home / "mpd.conf")]


class Mpd:
    def __init__(self, server, home, sounds, sinks):
        home.mkdir()
        self.server = server
        self.socket = home / "mpd.sock"
        began = time.monotonic()
        self.process = server.start(mpd_config(home, sounds, sinks))
        until(self._answers, 20, "mpd")
        self.ready = time.monotonic() - began

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as there:
            try:
                there.connect(str(self.socket))
                return there.recv(100).startswith(b"OK MPD")
            except OSError:
                return False

    def mpc(self, *words):
        return ["mpc", "--host", str(self.socket), *words]

    def load(self, name):
        for words in (("update", "--wait"), ("clear",), ("add", name)):
            subprocess.run(self.mpc(*words), env=self.server.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Liquidsoap:
    def __init__(self, server, home, script):
        home.mkdir()
        self.socket = home / "control"
        text = f"""settings.init.allow_root.set(true)
settings.log.stdout.set(false)
settings.server.socket.set(true)
settings.server.socket.path.set("{self.socket}")
settings.server.timeout.set(-1.)
{script}
"""
        (home / "radio.liq").write_text(text)
        began = time.monotonic()
        self.process = server.start(["liquidsoap", str(home / "radio.liq")])
        until(self._answers, 60, "liquidsoap")
        self.ready = time.monotonic() - began

    def _answers(self):
        try:
            return "OCaml" in self.ask("version") or True
        except OSError:
            return False

    def ask(self, line):
        with socket.socket(socket.AF_UNIX) as there:
            there.settimeout(5)
            there.connect(str(self.socket))
            there.sendall(f"{line}\n".encode())
            return there.recv(4_096).decode(errors="replace")


# The questions.

def starts(work, loa, server, count):
    """So many starts, two seconds apart, of each."""
    results = {}

    def ask(name, begin, count=count, apart=2.0):
        lead = 12
        first = float(int(time.time()) + lead)
        due = [first + apart * n for n in range(count)]
        ear = Ear(server, 0)
        stop = begin(due)
        time.sleep(max(0.0, due[-1] + 2.5 - time.time()))
        if stop:
            stop()
        late = errors(due, ear.onsets())
        results[name] = {"due": count, "heard": len(late), "ms": late}
        print(f"  {name}: {len(late)} of {count}, median {median(late):+.2f} ms", flush=True)

    def with_loa(due):
        directory = work / "loa-starts"
        broadcast = f'[[broadcast]]\nid = "a"\nat = [{at_these(due)}]\nplay = ["burst"]\n'
        loa.station(directory, 1, broadcast)
        process, _ = loa.run(directory)
        return lambda: end(process)

    def with_liquidsoap(due):
        # Its own words for "at these seconds".
        parts = [f'({{ {time.localtime(at).tm_min}m{time.localtime(at).tm_sec}s }}, burst)' for at in due]
        script = f"""burst = single("{loa.sounds}/burst.mp3")
radio = switch(track_sensitive=false, [{", ".join(parts)}, ({{ true }}, blank())])
output.pulseaudio(fallible=true, device="horn0", radio)"""
        player = Liquidsoap(server, work / "liq-starts", script)
        return lambda: end(player.process)

    def timed(command):
        def begin(due):
            thread = threading.Thread(target=by_timer(server, command), args=(due,))
            thread.start()
            return thread.join
        return begin

    def with_mpd(due):
        mpd = Mpd(server, work / "mpd-starts", loa.sounds, [0])
        mpd.load("burst.mp3")
        thread = threading.Thread(target=by_timer(server, mpd.mpc("play")), args=(due,))
        thread.start()
        return lambda: (thread.join(), end(mpd.process))

    burst = loa.sounds / "burst.mp3"
    ask("loa", with_loa)
    ask("liquidsoap, switch", with_liquidsoap)
    ask("mpd, mpc by an exact timer", with_mpd)
    ask("mpg123 by an exact timer", timed(["mpg123", "-q", "-o", "pulse", str(burst)]))
    ask("ffmpeg by an exact timer", timed(
        ["ffmpeg", "-nostdin", "-v", "quiet", "-i", str(burst), "-f", "pulse", "-buffer_duration", "50", "-device", "horn0", "bench"]))
    ask("sox by an exact timer", timed(["sox", "-q", str(burst), "-t", "pulseaudio", "horn0"]))
    return results


def cron(work, loa, server, minutes):
    """What most villages have: a line of cron that starts a player, at so many whole minutes."""
    words = " ".join(f"{name}={server.env[name]}" for name in ("HOME", "PULSE_SERVER", "XDG_RUNTIME_DIR"))
    # A job of cron gets an environment of its own.
    (work / "root").write_text(f"* * * * * env {words} mpg123 -q -o pulse {loa.sounds}/burst.mp3\n")
    ear = Ear(server, 0)
    process = server.start(["busybox", "crond", "-f", "-c", str(work)])
    first = (int(time.time()) // 60 + 1) * 60
    due = [float(first + 60 * n) for n in range(minutes)]
    time.sleep(due[-1] + 4 - time.time())
    end(process)
    heard = ear.onsets()
    late = [(min(heard, key=lambda at: abs(at - instant)) - instant) * 1e3 for instant in due if heard]
    print(f"  crond with mpg123: {len(late)} of {minutes}, median {median(late):+.0f} ms", flush=True)
    return {"due": minutes, "heard": len(late), "ms": late}


def orders(work, loa, server, count):
    """From the command that a person gives to the first sample."""
    results = {}

    def ask(name, order):
        ear = Ear(server, 0)
        given = []
        for _ in range(count):
            time.sleep(2.5 + random.random() / 10)
            given.append(time.time())
            order()
        time.sleep(2)
        heard = ear.onsets()
        late = []
        for at in given:
            after = [onset for onset in heard if at < onset < at + 2]
            if after:
                late.append((after[0] - at) * 1e3)
        results[name] = {"due": count, "heard": len(late), "ms": late}
        print(f"  {name}: {len(late)} of {count}, median {median(late):.1f} ms", flush=True)

    directory = work / "loa-orders"
    loa.station(directory, 1, "")
    process, _ = loa.run(directory)
    time.sleep(2)
    alert = loa.command(directory, "alert", "burst", "--by", "bench", "--why", "bench", "--repeat", "1")
    ask("loa alert", lambda: server.start(alert))
    end(process)

    player = Liquidsoap(server, work / "liq-orders", """queue = request.queue(id="now")
output.pulseaudio(fallible=true, device="horn0", fallback(track_sensitive=false, [queue, blank()]))""")
    ask("liquidsoap, pushed to a queue", lambda: player.ask(f"now.push {loa.sounds}/burst.mp3"))
    end(player.process)

    mpd = Mpd(server, work / "mpd-orders", loa.sounds, [0])
    mpd.load("burst.mp3")
    ask("mpd, mpc play", lambda: server.start(mpd.mpc("play")))
    end(mpd.process)

    burst = str(loa.sounds / "burst.mp3")
    ask("mpg123", lambda: server.start(["mpg123", "-q", "-o", "pulse", burst]))
    ask("ffmpeg", lambda: server.start(
        ["ffmpeg", "-nostdin", "-v", "quiet", "-i", burst, "-f", "pulse", "-buffer_duration", "50", "-device", "horn0", "bench"]))
    return results


def weigh(processes, seconds):
    """Memory and processor of programs and their children: proportional MB, and the share of a core in percent."""
    def family():
        wanted, found = [p.pid for p in processes], []
        while wanted:
            pid = wanted.pop()
            found.append(pid)
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    wanted += [int(child) for child in (task / "children").read_text().split()]
        return found

    def used():
        total = 0
        for pid in family():
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    before, began = used(), time.monotonic()
    time.sleep(seconds)
    percent = (used() - before) / (time.monotonic() - began) * 100
    memory = resident = 0
    for pid in family():
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    memory += int(line.split()[1])
                if line.startswith("Rss:"):
                    resident += int(line.split()[1])
    return {"pss_mb": memory / 1024, "rss_mb": resident / 1024, "core_percent": percent}


def zones(work, loa, server, sizes, seconds):
    """What it costs to play the same long MP3 in so many places: a sink for each."""
    results = {}
    long = str(loa.sounds / "long.mp3")

    def note(name, size, processes):
        results.setdefault(name, {})[size] = figures = weigh(processes, seconds)
        print(f"  {name}, {size} zones: {figures['pss_mb']:.1f} MB, {figures['core_percent']:.2f} % of a core", flush=True)

    for size in [0, *sizes]:
        directory = work / f"loa-zones-{size}"
        due = float(int(time.time()) + 8)
        broadcast = f'[[broadcast]]\nid = "a"\nat = [{at_these([due])}]\nplay = ["long"]\n' if size else ""
        loa.station(directory, max(size, 1), broadcast)
        subprocess.run(loa.command(directory, "check"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process, _ = loa.run(directory)
        time.sleep(max(0, due + 5 - time.time()) if size else 5)
        note("loa", size, [process])
        end(process)

    for size in [0, *sizes]:
        outs = "\n".join(f'output.pulseaudio(device="horn{n}", single("{long}"))' for n in range(size))
        player = Liquidsoap(server, work / f"liq-zones-{size}", outs or "output.dummy(blank())")
        time.sleep(5)
        note("liquidsoap", size, [player.process])
        end(player.process)

    for size in [0, *sizes]:
        players = [Mpd(server, work / f"mpd-zones-{size}-{n}", loa.sounds, [n]) for n in range(max(size, 1))]
        for player in players if size else []:
            player.load("long.mp3")
            subprocess.run(player.mpc("play"), env=server.env, stdout=subprocess.DEVNULL)
        time.sleep(5)
        note("mpd, one for each zone", size, [player.process for player in players])
        for player in players:
            end(player.process)

    for name, command in (
        ("mpg123, one for each zone", lambda n: ["mpg123", "-q", "-o", "pulse", "-a", f"horn{n}", long]),
        ("ffmpeg, one for each zone", lambda n: ["ffmpeg", "-nostdin", "-v", "quiet", "-re", "-i", long, "-f", "pulse",
                                                 "-device", f"horn{n}", "bench"])):
        for size in sizes:
            players = [server.start(command(n)) for n in range(size)]
            time.sleep(5)
            note(name, size, players)
            for player in players:
                end(player)
    return results


def ready(work, loa, server, rows):
    """From the start of the process until it answers."""
    results = {}
    for count in (0, rows):
        directory = work / f"loa-ready-{count}"
        loa.station(directory, 2, '[[broadcast]]\nid = "a"\nat = "05:30"\nplay = ["burst"]\n', output="null")
        process, _ = loa.run(directory)
        time.sleep(1)
        end(process)
        if count:
            fill(directory / "state/journal.db", count)
        times = []
        for _ in range(5):
            process, seconds = loa.run(directory)
            times.append(seconds * 1e3)
            end(process)
        results[f"loa, {count:,} rows in its journal"] = times
    results["mpd, its database of three sounds"] = []
    results["liquidsoap, one output"] = []
    for n in range(5):
        mpd = Mpd(server, work / f"mpd-ready-{n}", loa.sounds, [0])
        results["mpd, its database of three sounds"].append(mpd.ready * 1e3)
        end(mpd.process)
        player = Liquidsoap(server, work / f"liq-ready-{n}", "output.dummy(blank())")
        results["liquidsoap, one output"].append(player.ready * 1e3)
        end(player.process)
    for name, times in results.items():
        print(f"  {name}: median {median(times):.0f} ms", flush=True)
    return results


def fill(path, rows):
    """Rows as a station writes them; without their chain, which no start follows."""
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA synchronous=OFF")
        (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM entry").fetchone()
        start = time.time() - rows * 720

        def row(number):
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start + number * 720))
            body = {"seq": last + number, "written": at, "prev": f"{number:064x}", "marks": f"{number:064x}", "kind": "airing",
                    "zone": "z0", "broadcast": "ban-tin", "title": "Bản tin", "class": "normal", "planned": at, "started": at,
                    "ended": at, "start_error_ms": 0.1, "seconds_planned": 60, "seconds_played": 60, "outcome": "played",
                    "reason": None, "audio": [], "campaign": None, "order": None, "approved_by": None}
            return last + number, json.dumps(body, ensure_ascii=False, separators=(",", ":")), f"{number:064x}"
        db.executemany("INSERT INTO entry (seq, body, hash) VALUES (?, ?, ?)", (row(n) for n in range(1, rows + 1)))


def in_step(work, loa, server, count):
    """The same sound on two sinks: how far apart it begins."""
    results = {}

    def apart(name, ears):
        first, second = (ear.onsets() for ear in ears)
        off = []
        for at in first:
            near = min(second, key=lambda other: abs(other - at), default=None)
            if near is not None and abs(near - at) < 0.5:
                off.append((near - at) * 1e3)
        results[name] = {"due": count, "heard": len(off), "ms": off}
        print(f"  {name}: {len(off)} of {count}, apart {median([abs(x) for x in off]):.2f} ms", flush=True)

    directory = work / "loa-step"
    first = float(int(time.time()) + 10)
    due = [first + 2 * n for n in range(count)]
    loa.station(directory, 2, f'[[broadcast]]\nid = "a"\nat = [{at_these(due)}]\nplay = ["burst"]\n')
    ears = [Ear(server, 0), Ear(server, 1)]
    process, _ = loa.run(directory)
    time.sleep(due[-1] + 2.5 - time.time())
    end(process)
    apart("loa, two cards of one station", ears)

    home = work / "snap"
    home.mkdir()
    pipe = home / "fifo"
    os.mkfifo(pipe)
    (home / "snap.conf").write_text(f"""[server]
datadir = {home}
[http]
enabled = false
[tcp]
enabled = false
[stream]
source = pipe://{pipe}?name=bench&sampleformat=48000:16:2&mode=read
port = 21704
""")
    serving = server.start(["snapserver", "-c", str(home / "snap.conf")])
    time.sleep(1)
    clients = [server.start(["snapclient", "-h", "127.0.0.1", "-p", "21704", "--instance", str(n + 1), "--hostID", f"b{n}",
                             "--player", "alsa", "-s", f"horn{n}"]) for n in range(2)]
    burst = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", str(loa.sounds / "burst.mp3"), "-f", "s16le", "-ar",
                            "48000", "-ac", "2", "-"], stdout=subprocess.PIPE, check=True).stdout
    period = burst[: 2 * 4 * RATE].ljust(2 * 4 * RATE, b"\0")
    ears = [Ear(server, 0), Ear(server, 1)]
    with open(pipe, "wb", buffering=0) as stream:
        for _ in range(count + 3):
            for part in range(0, len(period), 4 * RATE // 50):
                stream.write(period[part : part + 4 * RATE // 50])
                time.sleep(0.0195)
    time.sleep(2)
    for process in (*clients, serving):
        end(process)
    apart("snapcast, two clients", ears)
    return results


def intake(work, loa, server):
    """An hour of MP3, from the file to its numbers: processor seconds."""
    results = {}
    hour = str(work / "hour.mp3")
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=c=pink:d=3600:a=0.3:r=44100",
                    "-af", "tremolo=f=3:d=0.8", "-ac", "2", "-b:a", "128k", hour], check=True)

    def ask(name, command, tidy=lambda: None):
        times = []
        for _ in range(3):
            tidy()
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, env=server.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        results[name] = times
        print(f"  {name}: {median(times):.1f} s", flush=True)

    directory = work / "loa-intake"
    loa.station(directory, 1, "", output="null")
    ask("loa load", loa.command(directory, "load", hour, "--as", "hour"),
        lambda: (directory / "audio/hour.mp3").unlink(missing_ok=True))
    ask("ffmpeg ebur128 with true peak, one thread",
        ["ffmpeg", "-nostdin", "-threads", "1", "-i", hour, "-af", "ebur128=peak=true", "-f", "null", "-"])
    ask("sox stats (no loudness, no true peak)", ["sox", "--single-threaded", hour, "-n", "stats"])
    return results


def year(work, loa):
    """A year of 20 zones with 30 broadcasts a day each, printed to nowhere: wall seconds. No peer plans ahead."""
    directory = work / "loa-year"
    texts = []
    for number in range(30):
        minute = 5 * 60 + number * 25
        texts.append(f'[[broadcast]]\nid = "b{number}"\nat = "{minute // 60:02}:{minute % 60:02}"\nplay = ["burst"]\n')
    loa.station(directory, 20, "".join(texts), output="null")
    times = []
    for _ in range(3):
        began = time.monotonic()
        subprocess.run(loa.command(directory, "plan", "--json", "--from", "2026-12-01T00:00", "--to", "2027-12-01T00:00"),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.monotonic() - began)
    print(f"  loa plan --json: {median(times):.2f} s for {365 * 600:,} airings", flush=True)
    return {"airings": 365 * 600, "seconds": times}


# The table.

def versions(program):
    asked = {
        "loa": [program, "--version"], "liquidsoap": ["liquidsoap", "--version"], "mpd": ["mpd", "--version"],
        "mpg123": ["mpg123", "--version"], "ffmpeg": ["ffmpeg", "-version"], "sox": ["sox", "--version"],
        "busybox": ["busybox"], "snapserver": ["snapserver", "--version"], "pulseaudio": ["pulseaudio", "--version"],
    }
    told = {}
    for name, command in asked.items():
        said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).stdout
        told[name] = said.decode(errors="replace").strip().splitlines()[0][:100] if said.strip() else "?"
    return told


def times(value, loa):
    """How many times loa's figure another one is; above 1 loa is ahead, below 1 the other."""
    if not loa or not value or math.isnan(loa) or math.isnan(value):
        return ""
    ratio = value / loa
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2f}"


def around(told):
    """How far each is from the middle of its own: what a program's own constant does not change."""
    middle = median(told["ms"])
    return [abs(late - middle) for late in told["ms"]]


def largest(told):
    """The figures at the largest number of zones, for each of them: MB, percent of a core. None where nothing played."""
    most = max(told, key=int)
    return (told[most]["pss_mb"] / int(most), told[most]["core_percent"] / int(most)) if int(most) else None


def loas(told):
    """loa's own among these: the first of its rows."""
    return next((figure for name, figure in told.items() if name.split(",")[0].split(" ")[0] == "loa"), None)


def table(figures):
    """The tables as Markdown, each row with its ratio to loa's. From the figures alone."""
    lines = []
    judged = {
        "starts": ("start error, ms", "p99 around it", lambda told: share(around(told), 0.99)),
        "orders": ("order to first sample, ms", "median", lambda told: median(told["ms"])),
        "in_step": ("two sinks apart, ms", "p99 around it", lambda told: share(around(told), 0.99)),
    }
    for key, (title, by, figure) in judged.items():
        if not figures.get(key):
            continue
        lines += [f"| {title} | heard | median | p99 around it | worst around it | times loa's, by {by} |", "|---|---|---|---|---|---|"]
        own = figure(loas(figures[key])) if loas(figures[key]) else math.nan
        for name, told in figures[key].items():
            if not told["ms"]:
                lines.append(f"| {name} | 0 of {told['due']} | | | | |")
                continue
            lines.append(f"| {name} | {told['heard']} of {told['due']} | {median(told['ms']):+.2f} | {share(around(told), 0.99):.2f} | "
                         f"{share(around(told), 1):.2f} | {times(figure(told), own)} |")
        lines.append("")
    if figures.get("zones"):
        sizes = sorted({size for told in figures["zones"].values() for size in told}, key=int)
        lines += ["| MB (proportional) and % of a core, by zones that play | " + " | ".join(str(size) for size in sizes)
                  + " | zones a core | times loa's, MB and % at most zones |", "|---" * (len(sizes) + 3) + "|"]
        own = largest(loas(figures["zones"])) if loas(figures["zones"]) else None
        for name, told in figures["zones"].items():
            cells = [f"{told[size]['pss_mb']:.1f} MB, {told[size]['core_percent']:.2f} %" if size in told else "" for size in sizes]
            each = largest(told)
            core = f"{100 / each[1]:.0f}" if each and each[1] else ""
            ratios = f"{times(each[0], own[0])}, {times(each[1], own[1])}" if each and own else ""
            lines.append(f"| {name} | " + " | ".join(cells) + f" | {core} | {ratios} |")
        lines.append("")
    for key, title, unit in (("ready", "start of the process to an answer, ms", ".0f"),
                             ("intake", "an hour of MP3 taken in, processor seconds", ".1f")):
        if not figures.get(key):
            continue
        lines += [f"| {title} | median | least | most | times loa's |", "|---|---|---|---|---|"]
        own = median(loas(figures[key]) or [])
        for name, told in figures[key].items():
            lines.append(f"| {name} | {median(told):{unit}} | {min(told):{unit}} | {max(told):{unit}} | {times(median(told), own)} |")
        lines.append("")
    if figures.get("year"):
        told = figures["year"]
        lines.append(f"A year planned and printed as JSON: {told['airings']:,} airings in {median(told['seconds']):.2f} s. No peer plans ahead.")
    return "\n".join(lines)


# The picture. Plain SVG, whose colours follow whoever looks at it.

LEFT, WIDE, ROW = 230, 640, 26
STYLE = """text{font:13px sans-serif;fill:#1f2328}.small{font-size:11px;fill:#59636e}.own{fill:#0969da;stroke:#0969da}
.peer{fill:#8c5a00;stroke:#8c5a00}.hollow{fill:none;stroke-width:2}line{stroke:#d1d9e0}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.own{fill:#4493f8;stroke:#4493f8}
.peer{fill:#d29922;stroke:#d29922}.hollow{fill:none}line{stroke:#3d444d}}"""


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Panel:
    """Programs below each other, their figures along an axis of powers of ten."""

    def __init__(self, top, title, low, high, unit):
        self.low, self.high, self.at = low, high, top + 46
        self.lines = [f'<text x="8" y="{top + 16}" font-weight="bold">{escaped(title)}</text>']
        self.axis, self.unit = top + 34, unit

    def x(self, value):
        value = min(max(value, self.low), self.high)
        return LEFT + WIDE * (math.log10(value / self.low) / math.log10(self.high / self.low))

    def row(self, name, spots, said):
        """`spots`: kind and value; a dot, a ring, or a tick of one measurement among many."""
        kind = "own" if name.split(",")[0].split(" ")[0] == "loa" else "peer"
        y = self.at
        self.lines.append(f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escaped(name)}</text>')
        for what, value in spots:
            x = self.x(value)
            if what == "tick":
                self.lines.append(f'<rect class="{kind}" x="{x - 0.5:.1f}" y="{y - 6}" width="1" height="12" opacity=".25"/>')
            else:
                self.lines.append(f'<circle class="{kind}{" hollow" if what == "ring" else ""}" cx="{x:.1f}" cy="{y}" r="5"/>')
        self.lines.append(f'<text class="small" x="{LEFT + WIDE + 12}" y="{y + 4}">{escaped(said)}</text>')
        self.at += ROW

    def drawn(self):
        marks, value = [], self.low
        while value <= self.high * 1.001:
            x = self.x(value)
            marks.append(f'<line x1="{x:.1f}" y1="{self.axis}" x2="{x:.1f}" y2="{self.at - 10}"/>'
                         f'<text class="small" x="{x:.1f}" y="{self.axis - 3}" text-anchor="middle">{value:g} {self.unit}</text>')
            value *= 10
        return marks + self.lines


def picture(figures):
    """Start errors of all programs, and what a zone costs, as one SVG. From the figures alone."""
    panels, top = [], 0
    if figures.get("starts"):
        panel = Panel(top, "Start error: each start off its own middle (ticks; dot: p99), and how far the middle is off the schedule (ring)",
                      0.001, 10_000, "ms")
        for name, told in figures["starts"].items():
            if told["ms"]:
                off, middle = around(told), median(told["ms"])
                spots = [("tick", late) for late in off] + [("dot", share(off, 0.99)), ("ring", abs(middle))]
                panel.row(name, spots, f"{share(off, 0.99):.2f} · {middle:+.1f} ms")
        panels.append(panel)
        top = panel.at + 10
    costs = {name: largest(told) for name, told in figures.get("zones", {}).items()}
    for place, title, low, high, unit in ((0, "Memory of a zone, at the most zones that were played", 0.1, 1_000, "MB"),
                                          (1, "Share of a core of a zone, at the same", 0.01, 100, "%")):
        if not costs:
            continue
        panel = Panel(top, title, low, high, unit)
        for name, cost in costs.items():
            if cost:
                panel.row(name, [("dot", cost[place])], f"{cost[place]:.2f} {unit}")
        panels.append(panel)
        top = panel.at + 10
    height = top + 22
    drawn = [line for panel in panels for line in panel.drawn()]
    when = escaped(f"{figures.get('date', '')}, {figures.get('cores', '?')} cores; benches/peers/run")
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + 150} {height}" role="img">',
                      "<title>loa beside its peers</title>", f"<style>{STYLE}</style>", *drawn,
                      f'<text class="small" x="8" y="{height - 8}">{when}</text>', "</svg>"]) + "\n"


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--loa", help="the program that is measured")
    asked.add_argument("--out", help="where the figures go")
    asked.add_argument("--table", help="measure nothing: print the tables of these figures (a figures.json)")
    asked.add_argument("--svg", help="with --table: where their picture goes")
    asked.add_argument("--quick", action="store_true", help="a few of each, to see whether it works")
    asked.add_argument("--only", nargs="*", help="starts cron orders zones ready in_step intake year")
    told = asked.parse_args()
    if told.table:
        figures = json.loads(Path(told.table).read_text())
        print(table(figures))
        if told.svg:
            Path(told.svg).write_text(picture(figures))
        return
    if not (told.loa and told.out):
        asked.error("--loa and --out, or --table")
    program = str(Path(told.loa).resolve())
    out = Path(told.out)
    out.mkdir(parents=True, exist_ok=True)
    # Some questions asked again: the others keep their figures.
    before = out / "figures.json"
    figures = json.loads(before.read_text()) if told.only and before.exists() else {}
    figures |= {"date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "machine": platform.platform(), "cores": os.cpu_count(),
                "load_before": os.getloadavg(), "versions": versions(program)}
    quick = told.quick
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        server = Server(place / "home")
        sounds = place / "sounds"
        sounds.mkdir()
        make = ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi"]
        subprocess.run([*make, "-i", "sine=f=1000:d=0.1:r=48000,volume=6.4,apad=whole_dur=0.5", "-ac", "1", "-b:a", "128k",
                        str(sounds / "burst.mp3")], check=True)
        subprocess.run([*make, "-i", "anoisesrc=c=pink:d=120:a=0.2:r=48000", "-ac", "1", "-b:a", "64k",
                        str(sounds / "long.mp3")], check=True)
        loa = Loa(program, server, sounds)
        questions = {
            "starts": lambda work: starts(work, loa, server, 6 if quick else 60),
            "cron": lambda work: cron(work, loa, server, 1 if quick else 3),
            "orders": lambda work: orders(work, loa, server, 4 if quick else 20),
            "zones": lambda work: zones(work, loa, server, [1, 8] if quick else [1, 8, 32], 3 if quick else 15),
            "ready": lambda work: ready(work, loa, server, 10_000 if quick else 1_000_000),
            "in_step": lambda work: in_step(work, loa, server, 5 if quick else 30),
            "intake": lambda work: intake(work, loa, server),
            "year": lambda work: year(work, loa),
        }
        try:
            for name, ask in questions.items():
                if told.only and name not in told.only:
                    continue
                print(name, flush=True)
                work = place / name
                work.mkdir()
                try:
                    told_now = ask(work)
                    if name == "cron":
                        figures.setdefault("starts", {})["crond with mpg123"] = told_now
                    else:
                        figures[name] = told_now
                    figures.setdefault("asked", {})[name] = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
                except (RuntimeError, OSError, subprocess.CalledProcessError) as wrong:
                    print(f"  {name}: {wrong}", file=sys.stderr)
        finally:
            server.end()
    figures["load_after"] = os.getloadavg()
    (out / "figures.json").write_text(json.dumps(figures, indent=1))
    (out / "table.md").write_text(table(figures) + "\n")
    (out / "picture.svg").write_text(picture(figures))
    print(table(figures))


if __name__ == "__main__":
    main()
