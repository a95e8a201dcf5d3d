"""A local stand-in for the APIs of GitHub and GitLab: comments of one request, page by page, with failures on demand."""
import http.server
import json
import re
import threading
import urllib.parse

PATHS = {  # of the list, and of one comment
    "github": (r"/repos/acme/rules/issues/7/comments", r"/repos/acme/rules/issues/comments/(\d+)"),
    "gitlab": (r"/projects/42/merge_requests/7/notes", r"/projects/42/merge_requests/7/notes/(\d+)"),
}
METHODS = {"github": "PATCH", "gitlab": "PUT"}


class StandIn:
    """`comments` is what there is; `failures` are (method, status, headers, whether it is done all the same) for the next calls of that method."""

    def __init__(self, kind, token="secret"):
        self.kind, self.token, self.comments, self.failures, self.calls = kind, token, [], [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle_any(self):
                outer.handle(self)

            do_GET = do_POST = do_PATCH = do_PUT = handle_any

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def add(self, body):
        self.comments.append({"id": 100 + len(self.comments), "body": body})

    def is_known(self, headers):
        given = headers.get("PRIVATE-TOKEN") if self.kind == "gitlab" else headers.get("Authorization", "").removeprefix("Bearer ")
        return given == self.token

    def handle(self, request):
        length = int(request.headers.get("Content-Length") or 0)
        content = json.loads(request.rfile.read(length)) if length else {}
        self.calls.append((request.command, request.path))
        failure = next((f for f in self.failures if f[0] == request.command), None)
        if failure:
            self.failures.remove(failure)
            if failure[3]:
                self.answer(request, content)
            return self.send(request, failure[1], {"message": "as asked for"}, failure[2])
        if not self.is_known(request.headers):
            return self.send(request, 401, {"message": "Bad credentials"})
        self.send(request, *self.answer(request, content))

    def answer(self, request, content):
        url = urllib.parse.urlsplit(request.path)
        listed, one = PATHS[self.kind]
        if re.fullmatch(listed, url.path) and request.command == "GET":
            query = urllib.parse.parse_qs(url.query)
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return 200, self.comments[(page - 1) * size : page * size]
        if re.fullmatch(listed, url.path) and request.command == "POST":
            self.add(content["body"])
            return 201, self.comments[-1]
        found = re.fullmatch(one, url.path)
        comment = next((c for c in self.comments if found and c["id"] == int(found.group(1))), None)
        if comment and request.command == METHODS[self.kind]:
            comment["body"] = content["body"]
            return 200, comment
        return 404, {"message": "Not Found"}

    def send(self, request, status, document, headers=()):
        data = json.dumps(document).encode()
        request.send_response(status)
        for name, value in dict(headers).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)
