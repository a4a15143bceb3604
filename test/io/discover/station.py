"""PROFINET stations on one interface, strict: station.py INTERFACE. There is no real one here.

Answers only what IEC 61158-6-10 allows: the group of all stations, FrameID 0xfefe, service Identify
as a request, a delay factor from 1 to 0x1900, an AllSelector block of no length. Anything else of
DCP ends it with a word on standard output, and so does a second question within two seconds.
"""
import socket
import struct
import sys
import time

ETHER_TYPE = 0x8892
GROUP = bytes.fromhex("010ecf000000")


def block(option, value, info=0):
    body = struct.pack(">HHH", option, len(value) + 2, info) + value
    return body + b"\0" * (len(value) % 2)


def station(name, kind, role, address):
    ip = bytes(int(part) for part in address.split(".")) if address else bytes(4)
    return (
        block(0x0201, kind)
        + block(0x0202, name)
        + block(0x0203, struct.pack(">HH", 0x002A, 0x010D))
        + block(0x0204, bytes([role, 0]))
        + block(0x0102, ip + bytes([255, 255, 255, 0]) + bytes(4), 1 if address else 0)
    )


STATIONS = {
    bytes.fromhex("020000000014"): station(b"plc-one", b"S7-1200", 2, "10.9.0.20"),
    bytes.fromhex("020000000015"): station(b"valve.7", b"ET 200SP", 1, "10.9.0.21"),
    bytes.fromhex("020000000016"): station(b"", b"ET 200SP", 1, None),
    # Outside everybody's scope.
    bytes.fromhex("020000000017"): station(b"stray", b"ET 200SP", 1, "198.51.100.7"),
}

link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHER_TYPE))
link.bind((sys.argv[1], ETHER_TYPE))
print("up", flush=True)
asked = 0.0
while True:
    frame = link.recv(2000)
    destination, source, content = frame[:6], frame[6:12], frame[14:]
    if source in STATIONS:
        continue
    frame_id, service, kind, xid, delay, length = struct.unpack(">HBBIHH", content[:12])
    block_head = struct.unpack(">HH", content[12:16])
    strict = (
        destination == GROUP
        and (frame_id, service, kind) == (0xFEFE, 5, 0)
        and 1 <= delay <= 0x1900
        and length == 4
        and block_head == (0xFFFF, 0)
        and not any(content[16:])
        and time.monotonic() - asked > 2
    )
    if not strict:
        print("not strict: " + frame.hex(), flush=True)
        sys.exit(1)
    asked = time.monotonic()
    print("asked", flush=True)
    # Noise first: an answer to somebody else's question, and one that lies about its length.
    first = next(iter(STATIONS))
    other = struct.pack(">HBBIHH", 0xFEFF, 5, 1, xid ^ 1, 0, 4) + b"\x02\x02\0\0"
    lying = struct.pack(">HBBIHH", 0xFEFF, 5, 1, xid, 0, 900) + b"\x02\x02\x03\xff"
    for content in (other, lying):
        link.send(source + first + struct.pack(">H", ETHER_TYPE) + content)
    for mac, blocks in STATIONS.items():
        head = struct.pack(">HBBIHH", 0xFEFF, 5, 1, xid, 0, len(blocks))
        link.send(source + mac + struct.pack(">H", ETHER_TYPE) + head + blocks)
