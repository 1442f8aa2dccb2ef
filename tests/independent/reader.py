#!/usr/bin/python3
"""reader.py KEYS BUNDLE: opens a courier's bundle with a centre's escrowed keys.

Written from the protocol's page alone. Prints a JSON line for each certificate, head query, batch and record; exit 1 with
a reason on standard error where anything does not hold.
"""
import hashlib
import json
import struct
import subprocess
import sys

from nacl.exceptions import BadSignatureError, CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.signing import VerifyKey

KINDS = {10: "check_in", 11: "departure", 12: "walk_in", 13: "void", 14: "consent", 15: "session_control", 16: "score",
         17: "self_assessment", 18: "time_sample", 20: "kiosk_event", 21: "log_opened", 22: "decision"}


class Wrong(Exception):
    pass


def H(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def need(condition, reason):
    if not condition:
        raise Wrong(reason)


def varint(data, at):
    value = shift = 0
    while True:
        need(at < len(data) and shift < 70, "a number is cut short")
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def message(data):
    """Protocol Buffers: field number -> its values in order."""
    fields, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = data[at:at + 8], at + 8
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
            need(len(value) == size, "a field is cut short")
        elif kind == 5:
            value, at = data[at:at + 4], at + 4
        else:
            raise Wrong(f"a field of wire type {kind}")
        need(at <= len(data), "a field is cut short")
        fields.setdefault(number, []).append(value)
    return fields


def octets(fields, number):
    return fields.get(number, [b""])[-1]


def number(fields, at):
    return fields.get(at, [0])[-1]


def verify(key, label, digests, signature, what):
    try:
        VerifyKey(key).verify(label + b"\0" + digests, signature)
    except (BadSignatureError, ValueError):
        raise Wrong(f"the signature of {what} does not hold") from None


def frames(bundle):
    need(bundle[:6] == b"DGAB1\n", "this is no bundle")
    at = 6
    while at < len(bundle):
        need(bundle[at:at + 4] == b"DGAf", "a frame does not begin where the one before ends")
        size, = struct.unpack_from("<I", bundle, at + 4)
        need(size <= 2 << 20, "a frame is too large")
        kind = bundle[at + 8:at + 9]
        payload = bundle[at + 9:at + 9 + size]
        check = bundle[at + 9 + size:at + 13 + size]
        need(len(payload) == size and H(kind + payload)[:4] == check, "a frame is damaged")
        yield kind[0], payload
        at += 13 + size


def log_of(device, salt):
    return H(b"dga-logid-v1\0" + device + salt)[:16]


class Reader:
    def __init__(self, keys):
        self.centre = bytes.fromhex(keys["centre_signing"]["public"])
        self.boxes = {box["id"]: PrivateKey(bytes.fromhex(box["secret"])) for box in keys["centre_box"]}
        for box in keys["centre_box"]:
            need(bytes(self.boxes[box["id"]].public_key).hex() == box["public"], "a box key's halves do not fit")
        self.devices = {}

    def certificate(self, payload):
        wrapped = message(payload)
        inner = octets(wrapped, 1)
        verify(self.centre, b"dga-devicecert-v1", H(inner), octets(wrapped, 2), "a certificate")
        certificate = message(inner)
        key = octets(certificate, 2)
        device = H(b"dga-device-v1\0" + key)[:16]
        need(device == octets(certificate, 1), "a certificate names another device than its key")
        self.devices[device] = key
        return {"certificate": device.hex(), "name": octets(certificate, 4).decode()}

    def key_of(self, device):
        need(device in self.devices, "a device without a certificate")
        return self.devices[device]

    def head_query(self, payload):
        wrapped = message(payload)
        query = message(octets(wrapped, 1))
        device = octets(query, 1)
        verify(self.key_of(device), b"dga-head-v1", H(octets(wrapped, 1)), octets(wrapped, 2), "a head query")
        need(log_of(device, octets(query, 3)) == octets(query, 2), "a head query names another log than its salt")
        return {"head": number(query, 4), "log": octets(query, 2).hex()}

    def batch(self, payload):
        wrapped = message(payload)
        header_bytes, sealed = octets(wrapped, 1), octets(wrapped, 2)
        header = message(header_bytes)
        device, log = octets(header, 2), octets(header, 3)
        need(number(header, 1) == 1, "a batch of another version")
        need(log_of(device, octets(header, 4)) == log, "a batch names another log than its salt")
        verify(self.key_of(device), b"dga-batch-v1", H(header_bytes) + H(sealed), octets(wrapped, 3), "a batch")
        need(number(header, 9) in self.boxes, "a batch is sealed to a key that was not exported")
        try:
            packed = SealedBox(self.boxes[number(header, 9)]).decrypt(sealed)
        except CryptoError:
            raise Wrong("a batch can't be opened") from None
        unpacked = subprocess.run(["zstd", "-dcq"], input=packed, capture_output=True, check=False)
        need(unpacked.returncode == 0, "a batch can't be decompressed")
        plain = unpacked.stdout
        need(len(plain) == number(header, 10), "a batch has another size than its header says")
        yield from self.records(header, log, device, message(plain))

    def records(self, header, log, device, listed):
        first, count = number(header, 5), number(header, 6)
        erased = {number(e, 1): octets(e, 2) for e in map(message, listed.get(2, []))}
        kept = iter(listed.get(1, []))
        need(len(listed.get(1, [])) + len(erased) == count, "a batch has another count than its header says")
        chain = octets(header, 7)
        if first == 1:
            need(chain == H(b"dga-log-v1\0" + log), "a log does not begin at its own start")
        lines = []
        for seq in range(first, first + count):
            record = None if seq in erased else next(kept, None)
            need(seq in erased or record is not None, "a record is missing")
            digest = erased[seq] if record is None else H(record)
            chain = H(b"dga-log-v1\0" + chain + struct.pack("<Q", seq) + digest)
            line = {"log": log.hex(), "seq": seq, "digest": digest.hex()}
            if record is not None:
                fields = message(record)
                need(number(fields, 1) == seq, "a record is not in its place")
                facts = [name for at, name in KINDS.items() if at in fields]
                line["kind"] = facts[0] if facts else "unknown"
                if line["kind"] == "log_opened":
                    opened = message(octets(fields, 21))
                    need(octets(opened, 1) == device and octets(opened, 2) == octets(header, 4),
                         "record 1 does not agree with the header")
                if line["kind"] == "check_in":
                    line["participant"] = number(message(octets(fields, 10)), 1)
            lines.append(line)
        need(chain == octets(header, 8), "the chain does not end where the header says")
        yield {"batch": log.hex(), "first": first, "count": count, "head_hash": chain.hex()}
        yield from lines


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        reader = Reader(json.load(file))
    with open(sys.argv[2], "rb") as file:
        bundle = file.read()
    for kind, payload in frames(bundle):
        if kind == 1:
            for line in reader.batch(payload):
                print(json.dumps(line))
        elif kind == 5:
            print(json.dumps(reader.certificate(payload)))
        elif kind == 6:
            print(json.dumps(reader.head_query(payload)))


if __name__ == "__main__":
    try:
        main()
    except Wrong as reason:
        print(reason, file=sys.stderr)
        sys.exit(1)
