"""`make demo`: the whole product on this machine, in the foreground, until Ctrl-C.

Invariant: whatever starts here ends here. Every child and both embedded servers stop in order on Ctrl-C,
SIGTERM and SIGHUP, and on Linux the kernel ends them even when this process is killed.
"""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from config.environment import load_dotenv
from demo.alone import told
from demo.backing import kept_secrets, settings_for
from demo.children import Child, ChildKeepsDying, Family, python, run_step, say
from demo.environment import ROOT, Wanted, WrongValue, read
from demo.reach import check_ports, check_redis, check_writable, doubts_about_model
from demo.watch import Watched, wait_until_listening
from embedded import EmbeddedError

UVICORN = ["--ws", "websockets-sansio", "--lifespan", "off", "--loop", "uvloop", "--http", "httptools"]


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    load_dotenv(ROOT / ".env")
    try:
        with ExitStack() as stack:
            try:
                run(read(), stack)
            except KeyboardInterrupt:
                say("\ndemo   | stopping …")
                raise
            finally:
                # A second Ctrl-C would leave children behind; every stop has its own deadline.
                _ignore_signals()
    except KeyboardInterrupt:
        say("demo   | stopped; the data stays, and the next start takes it up again")
        return 0
    except (WrongValue, EmbeddedError, ChildKeepsDying) as error:
        print(f"make demo: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def run(wanted: Wanted, stack: ExitStack) -> None:
    """Start everything, then look after it for ever. Ends by an exception; `stack` stops what was started."""
    check_writable(wanted.var)
    stack.enter_context(the_only_one(wanted))
    check_ports(wanted)
    if wanted.redis_url:
        check_redis(wanted.redis_url)
    if doubts := doubts_about_model(wanted.openai):
        say(f"demo   | note: {doubts}")
    watched: list[Watched] = []
    settings = settings_for(wanted, kept_secrets(wanted.var / "secrets.json"), watched, stack)
    stack.enter_context(told(wanted.var, settings))
    env = os.environ | settings
    logins = run_step(python("-m", "demo.prepare"), env, ROOT)
    family = Family(children(wanted, env))
    stack.callback(family.stop)
    family.start()
    wait_until_listening([wanted.port, wanted.shop_port, wanted.office_port], family)
    announce(wanted, logins)
    while True:
        time.sleep(0.2)
        for server in watched:
            server.look_after()
        family.look_after()


@contextmanager
def the_only_one(wanted: Wanted) -> Iterator[None]:
    """Two launchers on one data folder would fight over it. Raises WrongValue for the second."""
    with (wanted.var / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise WrongValue(
                f"the demo runs already ({lock.read().strip() or 'starting'}): "
                "use that one, or end it with Ctrl-C there"
            ) from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {wanted.public_url}")
        lock.flush()
        yield


def children(wanted: Wanted, env: Mapping[str, str]) -> list[Child]:
    """In the order of starting; they stop the other way round, so that work ends before what it needs."""
    celery = python("-m", "celery", "--quiet", "-A", "config.celery")
    # The worker tells of every task it takes, and beat sends one every few seconds.
    quiet = dict(env) | {"LOG_LEVEL": env.get("LOG_LEVEL") or "WARNING"}
    beat = ["beat", "--scheduler", "django_celery_beat.schedulers:DatabaseScheduler", "--pidfile="]
    commands = {
        "worker": [
            *celery,
            "worker",
            "--pool=threads",
            "--concurrency=4",
            "--without-mingle",
            "--loglevel=WARNING",
        ],
        "beat": [*celery, *beat, "--loglevel=WARNING"],
        "web": web("config.asgi:application", wanted.port),
        "shop": web("demo.shop:application", wanted.shop_port),
        "office": python("manage.py", "demo_shop", "--port", str(wanted.office_port)),
    }
    return [
        Child(name, command, quiet if name in {"worker", "beat"} else env, ROOT)
        for name, command in commands.items()
    ]


def web(application: str, port: int) -> list[str]:
    where = [
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--timeout-graceful-shutdown",
        "3",
        "--no-access-log",
    ]
    return python("-m", "uvicorn", application, "--app-dir", "platform", *where, *UVICORN)


def announce(wanted: Wanted, logins: str) -> None:
    model = wanted.openai.get("OPENAI_MODEL") or "the default model"
    answers = (
        f"written by {model}" if wanted.openai else "quoted from the help pages (OPENAI_API_KEY adds a model)"
    )
    say(f"\n  Platform             {wanted.public_url}/")
    if wanted.demo_data:
        say(f"  Shop with the chat   {wanted.shop_url}/")
        say(f"  Its back office      {wanted.office_url}/openapi.json")
    say(f"  Answers are {answers}.\n")
    for line in logins.strip().splitlines():
        say(f"  {line}")
    say("\n  Ctrl-C stops everything.\n")


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
