"""One machine of a test: serves TCP ports, answers SSDP, or asks for what is there."""
import re
import select
import socket
import struct
import sys
import time

MDNS = ("224.0.0.251", 5353)
SSDP = ("239.255.255.250", 1900)


def joined(group, address):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", group[1]))
    member = socket.inet_aton(group[0]) + socket.inet_aton(address)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
    return sock


def serve(ports, ready):
    servers = []
    for port in ports:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("", int(port)))
        server.listen()
        servers.append(server)
    open(ready, "w").close()
    while True:
        for one in select.select(servers, [], [])[0]:
            peer, _ = one.accept()
            peer.sendall(b"hello")
            peer.close()


def ssdp(address, ready, targets):
    sock = joined(SSDP, address)
    open(ready, "w").close()
    while True:
        data, peer = sock.recvfrom(2000)
        asked = re.search(rb"\r\nST: *([^\r]+)", data)
        if not data.startswith(b"M-SEARCH") or asked is None:
            continue
        for target in targets:
            if asked.group(1) in (b"ssdp:all", target.encode()):
                answer = f"HTTP/1.1 200 OK\r\nST: {target}\r\nUSN: uuid:1\r\nLOCATION: http://{address}/\r\n\r\n"
                sock.sendto(answer.encode(), peer)


def connect(address, port):
    try:
        with socket.create_connection((address, int(port)), 1) as peer:
            return "passes" if peer.recv(5) == b"hello" else "dies"
    except OSError:
        return "dies"


def name(text):
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"


def browse(address, times, types):
    """Asks for the types, so often, and prints each datagram that comes, in hex."""
    sock = joined(MDNS, address)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    question = struct.pack(">6H", 0, 0, len(types), 0, 0, 0)
    question += b"".join(name(one + ".local") + struct.pack(">2H", 12, 1) for one in types)
    end = time.time() + 3
    for number in range(int(times)):
        # Each is another question, as a flood would have it.
        more = name(f"i{number}.{types[0]}.local") + struct.pack(">2H", 33, 1)
        head = struct.pack(">6H", 0, 0, len(types) + 1, 0, 0, 0)
        sock.sendto(head + question[12:] + more, MDNS)
    while time.time() < end:
        if select.select([sock], [], [], 0.2)[0]:
            data, peer = sock.recvfrom(9000)
            if peer[0] != address:
                print("heard", data.hex(), flush=True)


def search(address, target):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, 0))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
    text = f'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: {target}\r\n\r\n'
    sock.sendto(text.encode(), SSDP)
    end = time.time() + 2
    while time.time() < end:
        if select.select([sock], [], [], 0.2)[0]:
            data, _ = sock.recvfrom(2000)
            print("found", re.search(rb"\r\nST: ([^\r]+)", data).group(1).decode(), flush=True)


verb, *rest = sys.argv[1:]
if verb == "serve":
    serve(rest[1:], rest[0])
elif verb == "ssdp":
    ssdp(rest[0], rest[1], rest[2:])
elif verb == "connect":
    print("tried", *rest[2:], rest[1], connect(rest[0], rest[1]), flush=True)
elif verb == "browse":
    browse(rest[0], rest[1], rest[2:])
elif verb == "search":
    search(rest[0], rest[1])
