"""What the most talkative logs say of a pipeline that fails: nothing that is secret, and nothing of the media."""

import base64
import os
import re
import secrets
import time

from hostile_server import ARN, Host
from security_case import SecurityCase

LINE = ("videotestsrc num-buffers=40 ! video/x-raw,width=160,height=120,framerate=10/1 ! x264enc tune=zerolatency key-int-max=10 ! "
        "h264parse ! kvssink stream-name=door stop-stream-timeout=1 credential-path={credentials} endpoint={url} log-config={config}")
OURS = re.compile(r" (kvssink|kvs-stream|kvs-net|kvs-auth|kvs-mkv) ")
# What is looked for of a secret, and of media.
PIECE = 12
MEDIA_PIECE = 8


class Test(SecurityCase):
    def config(self):
        return self.write("log.properties",
                          "log4cplus.rootLogger=TRACE, File\n"
                          "log4cplus.appender.File=log4cplus::FileAppender\n"
                          f"log4cplus.appender.File.File={self.path('kvs.log')}\n"
                          "log4cplus.appender.File.layout=log4cplus::PatternLayout\n"
                          "log4cplus.appender.File.layout.ConversionPattern=[%-5p] [%c] %m%n\n")

    def test_a_pipeline_that_is_refused(self):
        media = []

        async def serve(peer):
            if peer.path == "/describeStream":
                await peer.answer({"StreamInfo": {"StreamName": "door", "StreamARN": ARN, "Status": "ACTIVE"}})
            elif peer.path == "/getDataEndpoint":
                await peer.answer({"DataEndpoint": peer.host.url})
            elif peer.path == "/putMedia":
                media.append(await peer.reader.readexactly(6000))
                # As AWS says it: with what it signed itself, and with that the token.
                await peer.answer({"Message": "The signature does not match. The Canonical String for this request should have been\n'" +
                                   peer.head.decode().lower()}, "403 Forbidden",
                                  b"x-amzn-ErrorType: InvalidSignatureException\r\nConnection: close\r\n")
                peer.writer.close()

        host = self.hosts.add(Host(None, good=serve))
        secret, token = (secrets.token_hex(30) for _ in range(2))
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        credentials = self.write("credentials", f"CREDENTIALS ASIALOGS {until} {secret} {token}\n")
        end = self.start_pipeline(LINE.format(credentials=credentials, url=host.url, config=self.config()), KVS_CURL_DEBUG="1",
                                  DEBUG_DUMP_FRAME_INFO="1", GST_DEBUG="*:9", GST_DEBUG_NO_COLOR="1",
                                  GST_DEBUG_FILE=self.path("gst.log"), AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None).wait()
        with open(self.path("gst.log"), encoding="utf-8", errors="replace") as file:
            gst = file.read()
        with open(self.path("kvs.log"), encoding="utf-8", errors="replace") as file:
            log = file.read()
        heads = b"".join(host.requests).decode()
        signatures = re.findall(r"Signature=([0-9a-f]{64})", heads)
        self.assertGreater(len(signatures), 2)
        self.assertIn(token, heads, "what is looked for was used")
        # The logs were there to be searched, and say what can be said.
        for text in (gst, log):
            self.assertIn("> Authorization: ***", text)
            self.assertIn("> X-Amz-Security-Token: ***", text)
            self.assertIn("frame: track 1", text)
        self.assertIn("The signature does not match", end.stderr)
        everything = end.stdout + end.stderr + gst + log
        for name, text in [("secret key", secret), ("token", token), *(("signature", text) for text in signatures)]:
            for at in range(0, len(text) - PIECE + 1, PIECE):
                self.assertFalse(text[at:at + PIECE] in everything, name)  # the logs are too long to be shown
        # GStreamer itself dumps buffers where it is asked for everything; ours never do.
        ours = (log + "\n".join(line for line in gst.splitlines() if OURS.search(line))).lower()
        self.assertTrue(media)
        body = b"".join(media)
        for at in range(1000, len(body) - MEDIA_PIECE, 50):
            piece = body[at:at + MEDIA_PIECE]
            if len(set(piece)) < MEDIA_PIECE - 1:
                continue  # a run of the same bytes could be anything
            for text in (piece.hex(), piece.hex(" "), base64.b64encode(piece[:6]).decode()):
                self.assertFalse(text.lower() in ours, f"media: {text}")
