"""A pretend debt agency with an API on loopback: it takes documents once a key, and has documents for us.

Knows nothing of the hub. `lose`: how many answers get lost after it has done what was asked.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class AgencyApi:
    """Runs from `with` to its end.

    has:    what it has for us: folder → name → bytes
    taken:  what it took: folder → documents, in their order
    says:   what it answers to a list instead; refuses: the status of its answers to what it is handed
    """

    def __init__(self):
        self.has, self.taken = defaultdict(dict), defaultdict(list)
        self.keys, self.calls, self.lose, self.refuses, self.says = {}, [], 0, None, None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        api = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *about):
                pass

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                told = api.answer(self.command, self.path, self.headers, body)
                if told is None:
                    self.close_connection = True
                    return
                status, content = told
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815 - as the server calls them

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *about):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, path, headers, body):
        self.calls.append((method, path))
        folder, _, name = path.strip("/").partition("/")
        if method == "POST":
            return self.take(folder, headers["Idempotency-Key"], body)
        if method == "DELETE":
            return (204, b"") if self.has[folder].pop(name, None) is not None else (404, b"{}")
        if name:
            found = self.has[folder].get(name)
            return (200, found) if found is not None else (404, b"{}")
        if self.says is not None:
            return 200, self.says
        listed = [{"id": one, "bytes": len(data)} for one, data in self.has[folder].items()]
        return 200, json.dumps({"data": {"items": listed}}).encode()

    def take(self, folder, key, body):
        if self.refuses is not None:
            return self.refuses, b"{}"
        if key not in self.keys:
            self.keys[key] = f"DOC-{len(self.keys) + 1}"
            self.taken[folder].append(json.loads(body))
        if self.lose:
            self.lose -= 1
            return None
        return 201, json.dumps({"id": self.keys[key]}).encode()
