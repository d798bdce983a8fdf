"""Stores that outlive a daemon. A test names the kind that it runs on; the same tests may run on several kinds."""
import shutil

import support
from redis_server import RedisServer


class SqliteStore:
    """A file of a test's own, which one server holds at a time."""
    servers = 1

    def __init__(self):
        self.folder = support.Folder("store")
        self.file = self.folder / "x.db"
        if support.is_root():
            shutil.chown(self.folder.path, "nobody", "nogroup")
        self.url = f"sqlite:{self.file}"

    def remove(self):
        self.folder.remove()


class RedisStore:
    """One that two servers share."""
    servers = 2

    def __init__(self):
        self.redis = RedisServer().start()
        self.url = f"redis://127.0.0.1:{self.redis.port}"

    def remove(self):
        self.redis.remove()
