"""A server on Python. "uvloop" and "uvloop-reused" run on uvloop's transport: the second hands over a
bytearray and fills it again for the next answer. "ignored" runs on plain sockets and ignores what
send() returns."""
import asyncio
import selectors
import signal
import socket
import sys

port, mode = int(sys.argv[1]), sys.argv[2]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def head(size):
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size


class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.input, self.answers = transport, b"", 0
        self.buffer = bytearray(8 << 20)

    def data_received(self, data):
        self.input += data
        while b"\r\n\r\n" in self.input:
            request, self.input = self.input.split(b"\r\n\r\n", 1)
            self.respond(int(request.split()[1][1:]))

    def respond(self, size):
        letter = bytes([97 + self.answers % 26])
        self.answers += 1
        self.transport.write(head(size))
        if mode == "uvloop-reused":
            self.buffer[:size] = letter * size
            self.transport.write(memoryview(self.buffer)[:size])
        else:
            self.transport.write(letter * size)


async def run():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def run_plain():
    listener = socket.create_server(("127.0.0.1", port))
    print(listener.getsockname()[1], flush=True)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                connection, _ = listener.accept()
                connection.setblocking(False)
                selector.register(connection, selectors.EVENT_READ)
                continue
            request = key.fileobj.recv(65536)
            if not request:
                selector.unregister(key.fileobj)
                key.fileobj.close()
                continue
            for line in request.split(b"\r\n\r\n")[:-1]:
                size = int(line.split()[1][1:])
                try:
                    key.fileobj.send(head(size) + b"a" * size)
                except BlockingIOError:
                    pass


if mode == "ignored":
    run_plain()
else:
    import uvloop
    uvloop.install()
    asyncio.run(run())
