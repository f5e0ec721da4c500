"""A kit that accepts connections and never answers. One process holds as many as descriptors allow."""
import resource, selectors, socket

resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
server = socket.create_server(("0.0.0.0", 0), backlog=4096)
selector = selectors.DefaultSelector()
selector.register(server, selectors.EVENT_READ)
print(f"listening on http://127.0.0.1:{server.getsockname()[1]}", flush=True)
while True:
    for key, _ in selector.select():
        if key.fileobj is server:
            connection = server.accept()[0]
            selector.register(connection, selectors.EVENT_READ)
        elif not key.fileobj.recv(65536):
            selector.unregister(key.fileobj)
            key.fileobj.close()
