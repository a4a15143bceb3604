"""What Debian's snmpd lacks of a switch, behind its pass_persist: bridge, VLANs and LLDP."""
import sys

B, Q, L = "1.3.6.1.2.1.17", "1.3.6.1.2.1.17.7.1", "1.0.8802.1.1.2.1"


def card(n):
    return "2.0.0.0.0.%d" % n


def octets(n):
    return "02 00 00 00 00 %02X" % n


ROWS = {}
for port, link in ((1, 31), (2, 32)):
    ROWS["%s.1.4.1.2.%d" % (B, port)] = ("integer", link)
# VLAN 20 has a filtering database of another number.
ROWS[Q + ".4.2.1.3.0.20"] = ("gauge", 7)
for n, port, status in ((9, 1, 3), (10, 2, 3), (11, 2, 3), (12, 2, 3), (1, 0, 4)):
    ROWS["%s.2.2.1.2.7.%s" % (Q, card(n))] = ("integer", port)
    ROWS["%s.2.2.1.3.7.%s" % (Q, card(n))] = ("integer", status)
ROWS[L + ".3.7.1.4.1"] = ("string", "uplink one")
REMOTE = "0.1.1"
ROWS["%s.4.1.1.4.%s" % (L, REMOTE)] = ("integer", 4)
ROWS["%s.4.1.1.5.%s" % (L, REMOTE)] = ("octet", octets(0x55))
ROWS["%s.4.1.1.9.%s" % (L, REMOTE)] = ("string", "ap-1")
ROWS["%s.4.1.1.10.%s" % (L, REMOTE)] = ("string", "Access point")
ROWS["%s.4.2.1.3.%s.1.4.10.77.0.5" % (L, REMOTE)] = ("integer", 2)


def key(oid):
    return [int(part) for part in oid.strip(".").split(".")]


ORDER = sorted(ROWS, key=key)


def show(oid):
    kind, value = ROWS[oid]
    print("." + oid, kind, value, sep="\n", flush=True)


while True:
    word = sys.stdin.readline().strip()
    if word == "":
        break
    if word == "PING":
        print("PONG", flush=True)
        continue
    asked = sys.stdin.readline().strip().strip(".")
    if word == "get":
        found = asked if asked in ROWS else None
    else:
        found = next((oid for oid in ORDER if key(oid) > key(asked)), None)
    if found is None:
        print("NONE", flush=True)
    else:
        show(found)
