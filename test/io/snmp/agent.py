"""An SNMPv2c agent on loopback that misbehaves in one way: agent.py MODE. Prints its port."""
import socket
import sys

mode = sys.argv[1]


def tlv(tag, body):
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + body


def take(data, at):
    tag, size = data[at], data[at + 1]
    at += 2
    if size & 0x80:
        count = size & 0x7F
        size = int.from_bytes(data[at : at + count], "big")
        at += count
    return tag, data[at : at + size], at + size


def oid_of(body):
    parts, value = [body[0] // 40, body[0] % 40], 0
    for octet in body[1:]:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            parts.append(value)
            value = 0
    return parts


def oid(parts):
    out = bytes([parts[0] * 40 + parts[1]])
    for part in parts[2:]:
        digits = [part & 0x7F]
        while part > 0x7F:
            part >>= 7
            digits.append(part & 0x7F | 0x80)
        out += bytes(reversed(digits))
    return tlv(6, out)


def integer(value):
    return tlv(2, value.to_bytes(max(1, (value.bit_length() + 8) // 8), "big"))


def binding(parts, value):
    return tlv(0x30, oid(parts) + value)


def message(community, request, bindings, status=0):
    pdu = tlv(0xA2, request + integer(status) + integer(0) + tlv(0x30, b"".join(bindings)))
    return tlv(0x30, integer(1) + tlv(4, community) + pdu)


def answer(data):
    _, body, _ = take(data, 0)
    _, _, at = take(body, 0)
    _, community, at = take(body, at)
    kind, pdu, _ = take(body, at)
    _, request, at = take(pdu, 0)
    request = tlv(2, request)
    _, _, at = take(pdu, at)
    _, _, at = take(pdu, at)
    _, listed, _ = take(pdu, at)
    _, first, _ = take(listed, 0)
    _, name, _ = take(first, 0)
    asked = oid_of(name)
    if kind == 0xA0:  # GetRequest: so that every mode gets past the first question.
        at, names = 0, []
        while at < len(listed):
            _, one, at = take(listed, at)
            names.append(oid_of(take(one, 0)[1]))
        said = tlv(4, b"agent " + mode.encode())
        return message(community, request, [binding(one, said) for one in names])
    text = tlv(4, b"x" * 6)
    if mode == "circle":
        return message(community, request, [binding(asked, text)] * 5)
    if mode == "backwards":
        return message(community, request, [binding(asked + [9], text), binding(asked + [3], text)])
    if mode == "endless":
        base = asked[:-1] if asked[-1] > 1000 else asked
        start = asked[-1] if asked[-1] > 1000 else 1000
        return message(community, request, [binding(base + [start + n], text) for n in range(1, 25)])
    if mode == "huge-length":
        lying = tlv(0x30, oid(asked + [1]) + b"\x04\x84\x40\x00\x00\x00short")
        return message(community, request, [lying])
    if mode == "deep":
        return b"\x30\x82\x7f\xff" * 8000
    if mode == "long-name":
        return message(community, request, [binding(asked + [1] * 20000, text)])
    if mode == "noise":
        return bytes(range(256)) * 4
    if mode == "other-request":
        return message(community, integer(7), [binding(asked + [1], text)])
    if mode == "too-big":
        if kind == 0xA5:
            return message(community, request, [], 1)
        return message(community, request, [binding(asked + [1], text)] if len(asked) < 14 else [binding([1, 3, 9], text)])
    return None  # silent


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    data, peer = server.recvfrom(65535)
    reply = answer(data)
    if reply is not None:
        server.sendto(reply, peer)
