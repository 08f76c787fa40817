"""Serves one folder on a free port of this computer, with byte ranges, for the tests of the downloader.

Writes its port as the first line. Ends when its standard input is closed. Words in the query change its manners:
cut=N ends the connection after N bytes of the answer's body, ranges=no ignores ranges, status=N answers only that,
endless=yes sends the file and then zeros without end and without saying how many, more=N sends N zeros after the file.
"""

import http.server
import os
import sys
import threading
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        manners = dict(urllib.parse.parse_qsl(parts.query))
        print("GET", parts.path, self.headers.get("Range", "-"), file=sys.stderr, flush=True)
        path = os.path.join(sys.argv[1], os.path.basename(urllib.parse.unquote(parts.path)))
        if "status" in manners or not os.path.isfile(path):
            self.send_error(int(manners.get("status", 404)))
            return
        with open(path, "rb") as file:
            body = file.read()
        total, start = len(body), 0
        asked = self.headers.get("Range")
        if asked and manners.get("ranges") != "no":
            start = int(asked.removeprefix("bytes=").split("-")[0])
            if start >= total:
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        else:
            self.send_response(200)
        body = body[start:] + bytes(int(manners.get("more", 0)))
        if manners.get("endless") == "yes":
            self.end_headers()
            self.close_connection = True
            try:
                self.wfile.write(body)
                while True:
                    self.wfile.write(bytes(1 << 20))
            except OSError:
                return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: int(manners.get("cut", len(body)))])
        self.close_connection = True

    def log_message(self, format, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
