"""Sends the Ethernet frames of a pcap (microseconds, either byte order) as they are: replay.py IF FILE [TIMES]."""
import socket
import struct
import sys
import time

name, path = sys.argv[1], sys.argv[2]
times = int(sys.argv[3]) if len(sys.argv) > 3 else 1
data = open(path, "rb").read()
order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
frames = []
at = 24
while at + 16 <= len(data):
    size = struct.unpack_from(order + "I", data, at + 8)[0]
    frames.append(data[at + 16 : at + 16 + size])
    at += 16 + size

out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
out.bind((name, 0))
for _ in range(times):
    for index, frame in enumerate(frames):
        if frame:
            out.send(frame)
        if times == 1 and index % 64 == 63:
            time.sleep(0.001)
print("sent", len(frames) * times, flush=True)
