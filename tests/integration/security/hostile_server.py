"""Hosts that mean harm. What they can do is the table BEHAVIOURS; what they are asked for does not matter to them, but that
"media" answers the calls of the control plane well, and turns bad with putMedia."""

import asyncio
import gzip
import itertools
import json
import logging
import threading

# What a flood says of its length, where it has to: more than anybody takes before his time is up.
FLOOD_BYTES = 1 << 40
# Far above what anybody may take. A peer that has not hung up by then takes everything: from then on it goes on for as long as he stays, but so
# slowly that others on this machine have some of it left.
FAST_BYTES = 1 << 26
SLOW_SECONDS = 0.05
PIECE = 64 * 1024
DRIP_SECONDS = 0.2
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ARN = "arn:aws:kinesisvideo:us-west-2:123456789012:stream/door/1600000000000"


class Peer:
    """A connection. Writing waits until there is room, and fails when the peer is gone."""

    def __init__(self, host, reader, writer):
        self.host = host
        self.reader = reader
        self.writer = writer
        self.head = b""
        self.path = ""

    async def read_request(self, with_body=True):
        self.head = await self.reader.readuntil(b"\r\n\r\n")
        self.path = self.head.split(b" ", 2)[1].decode()
        self.host.requests.append(self.head)
        length = 0
        for line in self.head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if with_body and length:
            await self.reader.readexactly(length)

    async def drain_requests(self):
        while await self.reader.read(PIECE):
            pass

    async def write(self, data):
        # With TLS, what is written to a peer that is gone is dropped without a word.
        if self.writer.transport.is_closing():
            raise ConnectionResetError
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body, status="200 OK", headers=b""):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        await self.write(b"HTTP/1.1 " + status.encode() + b"\r\nContent-Type: application/json\r\n" + headers +
                         b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)

    async def flood(self, data, first=b""):
        """`data` again and again."""
        await self.write(first)
        piece = data * max(1, PIECE // len(data))
        for number in itertools.count():
            await self.write(piece)
            # Also when it is fast: drain() does not wait where there is room, and others are to have their turn.
            await asyncio.sleep(0 if number * len(piece) < FAST_BYTES else SLOW_SECONDS)

    async def drip(self, data, first=b""):
        """`data` again and again, a byte at a time."""
        await self.write(first)
        while True:
            for byte in data:
                await self.write(bytes((byte,)))
                await asyncio.sleep(DRIP_SECONDS)

    async def silence(self):
        await asyncio.sleep(3600)


# Each is called with a request that was read, but those of AT_ONCE, which speak first.
async def endless_headers(peer):
    await peer.flood(b"X-Filler: " + b"y" * 500 + b"\r\n", OK)


async def endless_header_line(peer):
    await peer.flood(b"y" * 1024, OK + b"X-Filler: ")


async def endless_status_line(peer):
    await peer.flood(b"K" * 1024, b"HTTP/1.1 200 O")


async def many_empty_headers(peer):
    await peer.flood(b"a:\r\n", OK)


async def endless_folded_header(peer):
    await peer.flood(b" y\r\n", OK + b"X-Filler: y\r\n")


async def endless_informational_answers(peer):
    await peer.flood(b"HTTP/1.1 103 Early Hints\r\n\r\n")


async def switching_protocols(peer):
    await peer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")
    await peer.write(H2_SETTINGS)
    await peer.silence()


async def huge_json(peer):
    await peer.flood(b'"a":"' + b"b" * 1024 + b'",', OK + b"Content-Length: " + str(FLOOD_BYTES).encode() + b"\r\n\r\n{")


async def nested_json(peer):
    await peer.answer(b'{"a":' * 2500 + b"1" + b"}" * 2500)


async def nested_arrays(peer):
    await peer.answer(b'{"a":' + b"[" * 6000 + b"]" * 6000 + b"}")


async def many_members(peer):
    await peer.answer({str(i): i for i in range(1200)})


async def nul_bytes(peer):
    await peer.answer(b'{"a":"\0\0\0"}\0\0')


async def nul_bytes_in_headers(peer):
    await peer.write(OK + b"X-A: b\0c\r\nX-\0: d\r\nContent-Length: 2\r\n\r\n{}")


async def not_utf8(peer):
    await peer.answer(b'{"a":"\xff\xfe\xfd"}')


async def slow_headers(peer):
    await peer.drip(b"X-A: b\r\n", OK)


async def slow_body(peer):
    await peer.drip(b" ", OK + b"Content-Length: 60000\r\n\r\n")


async def slow_chunks(peer):
    await peer.drip(b"1\r\n \r\n", CHUNKED)


async def slow_refusal(peer):
    await peer.drip(b" ", b"HTTP/1.1 500 Broken\r\nContent-Length: 60000\r\n\r\n")


async def length_too_long(peer):
    await peer.write(OK + b"Content-Length: 5000\r\n\r\n{}")


async def length_too_short(peer):
    """What is left over looks like the answer to the next request."""
    body = b'{"a":"b"}' + OK + b'Content-Length: 15\r\n\r\n{"smuggled":"x"}'
    await peer.write(OK + b"Content-Length: 4\r\n\r\n" + body)
    await peer.silence()


async def length_negative(peer):
    await peer.write(OK + b"Content-Length: -5\r\n\r\n{}")


async def length_beyond_64_bits(peer):
    await peer.write(OK + b"Content-Length: 99999999999999999999999\r\n\r\n{}")


async def lengths_that_differ(peer):
    await peer.write(OK + b"Content-Length: 2\r\nContent-Length: 4000\r\n\r\n{}")
    await peer.silence()


async def endless_chunks(peer):
    await peer.flood(b"400\r\n" + b"z" * 1024 + b"\r\n", CHUNKED)


async def one_endless_chunk(peer):
    await peer.flood(b"z" * 1024, CHUNKED + b"7fffffffffff\r\n")


async def chunk_size_beyond_64_bits(peer):
    await peer.flood(b"z" * 1024, CHUNKED + b"fffffffffffffffffffff\r\n")


async def endless_chunk_extension(peer):
    await peer.flood(b"e" * 1024, CHUNKED + b"5;")


async def endless_trailers(peer):
    await peer.flood(b"X-Filler: " + b"y" * 500 + b"\r\n", CHUNKED + b"2\r\n{}\r\n0\r\n")


async def body_without_length(peer):
    await peer.flood(b"z" * 1024, OK + b"\r\n")


async def redirect(peer):
    await peer.answer(b"", "307 Temporary Redirect", b"Location: " + peer.host.target.url.encode() + b"/taken\r\n")


async def redirect_to_a_file(peer):
    await peer.answer(b"", "302 Found", b"Location: file:///etc/passwd\r\n")


async def endless_redirect(peer):
    await peer.answer(b"", "301 Moved", b"Location: /again\r\n")


async def gzip_bomb(peer):
    await peer.answer(BOMB, headers=b"Content-Encoding: gzip\r\n")


async def gzip_transfer_bomb(peer):
    await peer.write(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + hex(len(BOMB))[2:].encode() + b"\r\n" + BOMB +
                     b"\r\n0\r\n\r\n")
    await peer.silence()


async def http2(peer):
    await peer.write(H2_SETTINGS * 100)
    await peer.silence()


async def http2_in_words(peer):
    await peer.write(b"HTTP/2 200\r\ncontent-length: 2\r\n\r\n{}")
    await peer.silence()


async def http3_in_words(peer):
    await peer.write(b"HTTP/3 200\r\ncontent-length: 2\r\n\r\n{}")
    await peer.silence()


async def other_protocol(peer):
    await peer.flood(b"220 mail.example.com ready\r\n")


async def says_nothing(peer):
    await peer.silence()


async def closes_at_once(_peer):
    pass


async def closes_after_the_request(_peer):
    pass


async def closes_in_the_status_line(peer):
    await peer.write(b"HTTP/1.1 2")


async def closes_in_the_headers(peer):
    await peer.write(OK + b"Content-Le")


async def closes_behind_the_headers(peer):
    await peer.write(OK + b"Content-Length: 10\r\n\r\n")


async def closes_in_a_chunk(peer):
    await peer.write(CHUNKED + b"50\r\n{")


async def resets_in_the_body(peer):
    await peer.write(OK + b"Content-Length: 10\r\n\r\n{")
    peer.writer.transport.abort()


async def refusal_with_escapes(peer):
    await peer.answer({"Message": "\x1b]0;owned\x07\x1b[2J\n\nERROR: line two " + "m" * 12000, "message": "\x1b[31mred"},
                      "400 Bad", b"x-amzn-ErrorType: \x1b[31mX" + b"t" * 4000 + b"\r\nx-amzn-RequestId: \x07id" + b"i" * 4000 + b"\r\n")


async def endless_refusal(peer):
    await peer.flood(b"z" * 1024, b"HTTP/1.1 500 Broken\r\n\r\n")


# What comes as acknowledgements, after an answer of 200.
async def acks_without_an_end(peer):
    await peer.flood(b"a" * 1024, CHUNKED + hex(FLOOD_BYTES)[2:].encode() + b"\r\n")


async def acks_nested(peer):
    await peer.flood(b'{"a":' * 100, CHUNKED + hex(FLOOD_BYTES)[2:].encode() + b"\r\n")


async def acks_of_nothing(peer):
    """Well-formed, of fragments that were never sent."""
    ack = b'{"EventType":"PERSISTED","FragmentTimecode":4711,"FragmentNumber":"91343852333181432392682062607743920146264094787"}'
    await peer.flood(ack, CHUNKED + hex(FLOOD_BYTES)[2:].encode() + b"\r\n")


async def acks_of_zeros(peer):
    await peer.flood(b"\0" * 1024, CHUNKED + hex(FLOOD_BYTES)[2:].encode() + b"\r\n")


AT_ONCE = {closes_at_once, says_nothing, http2}
H2_SETTINGS = b"\0\0\x12\x04\0\0\0\0\0" + b"\0\x03\0\0\0\x64\0\x04\x40\0\0\0\0\x02\0\0\0\0"


# 12 MiB of JSON in fewer bytes than any limit: nothing but inflating it can make it too large.
BOMB = gzip.compress(b"{" + b" " * (12 << 20) + b"}", 9)


class Host:
    """Listens on a port of 127.0.0.1, and behaves as it is told to everybody who comes."""

    def __init__(self, behaviour, tls=None, media=False, good=None):
        self.behaviour = behaviour
        self.tls = tls
        self.media = media
        self.good = good  # instead: answers of a host that means well, by path
        self.requests = []
        self.connections = 0
        self.target = None  # where a redirect leads
        self.other = None   # the data endpoint, where it is another host
        self.port = 0

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def open(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls, limit=1 << 20)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        self.connections += 1
        peer = Peer(self, reader, writer)
        try:
            if self.media:
                await self._serve_media(peer)
            elif self.good is not None:
                while True:
                    await peer.read_request()
                    await self.good(peer)
            else:
                if self.behaviour not in AT_ONCE:
                    await peer.read_request()
                await self.behaviour(peer)
        except (OSError, asyncio.CancelledError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _serve_media(self, peer):
        while True:
            await peer.read_request()
            if peer.path == "/describeStream":
                await peer.answer({"StreamInfo": {"StreamName": "door", "StreamARN": ARN, "Status": "ACTIVE"}})
            elif peer.path == "/getDataEndpoint":
                await peer.answer({"DataEndpoint": self.data_url()})
            elif peer.path == "/putMedia":
                reading = asyncio.ensure_future(peer.drain_requests())
                try:
                    await self.behaviour(peer)
                finally:
                    reading.cancel()
                return
            else:
                await peer.answer({})

    def data_url(self):
        return self.other.url if self.other is not None else self.url


class Hosts:
    """A thread in which any number of hosts run."""

    def __init__(self):
        # That a peer hangs up in the middle is what is wanted here.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def add(self, host):
        asyncio.run_coroutine_threadsafe(host.open(), self.loop).result(10)
        return host

    def close(self):
        async def end():
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
