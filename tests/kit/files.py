"""A kit that serves files: ENDPOINT of the folder in argv[1], 404 if it does not exist. The file `ahead`
holds the seconds by which the kit's clock is ahead. The file `trailer` is sent as a Date trailer behind
each body. A path may begin with a folder: /NAME/drones serves NAME/drones. Answers wait for as long as the
file `hold` exists, those of one endpoint for `ENDPOINT.hold`."""
import email.utils, http.server, os, sys, time

FOLDER = sys.argv[1]


class Kit(http.server.BaseHTTPRequestHandler):
    def read(self, name):
        try:
            with open(os.path.join(FOLDER, os.path.dirname(self.path.strip("/")), name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def do_GET(self):
        endpoint = os.path.basename(self.path)
        body = self.read(endpoint)
        trailer = self.read("trailer")
        while self.read("hold") is not None or self.read(endpoint + ".hold") is not None:
            time.sleep(0.02)
        self.protocol_version = "HTTP/1.1" if trailer else "HTTP/1.0"
        self.send_response_only(404 if body is None else 200)
        self.send_header("Date", email.utils.formatdate(time.time() + float(self.read("ahead") or 0), usegmt=True))
        if trailer:
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("Trailer", "Date")
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n0\r\nDate: %s\r\n\r\n" % (len(body), body, trailer.strip()))
        else:
            self.end_headers()
            self.wfile.write(body or b'{"error": "no such file"}')
        self.close_connection = True

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Kit)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
