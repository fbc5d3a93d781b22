"""The least that any command must do: read each request and write its body back. Nothing but the standard library."""

import sys


def main() -> None:
    """Echo until the end of the input; the first request is getinfo."""
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    metadata = b'{"type":"streaming"}'
    while True:
        header = requests.readline()
        if not header:
            return
        _, metadata_bytes, body_bytes = header.split(b",")
        request = requests.read(int(metadata_bytes))
        body = requests.read(int(body_bytes))
        if b"getinfo" not in request:
            metadata = b'{"finished":true}' if b'"finished":true' in request else b'{"finished":false}'
        replies.write(b"chunked 1.0,%d,%d\n" % (len(metadata), len(body)))
        replies.write(metadata)
        replies.write(body)
        replies.flush()


main()
