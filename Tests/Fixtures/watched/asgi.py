"""An ASGI application: "GET /N" is answered with N bytes of one letter."""


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    size = int(scope["path"][1:] or 0)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % size)]})
    # In parts, as a file would come.
    part = b"a" * 65536
    while size > len(part):
        await send({"type": "http.response.body", "body": part, "more_body": True})
        size -= len(part)
    await send({"type": "http.response.body", "body": b"a" * size})
