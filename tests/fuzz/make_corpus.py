#!/usr/bin/env python3
"""Writes the committed corpus beside it: small files of each kind, and hostile ones.

    python3 tests/fuzz/make_corpus.py

Needs NumPy. Files that mutants are made of are added by `tests/fuzz.rs`: those of tests/data/state_dicts,
and what rnnscope itself writes. Reproducers of what fuzzing found are in the same folders, named `found-*`.
"""

import io
import struct
import zipfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
DATA = HERE.parent / "data" / "state_dicts"


def write(target, name, content):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def archive(files, method=zipfile.ZIP_STORED):
    """A zip archive that is the same in every run."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, content)
    return out.getvalue()


def state_dicts():
    # The pickles of good files; the harness puts storages beside them.
    for name in ["plain", "by_module", "views", "parameters", "seq2seq", "quantized", "whole_module"]:
        with zipfile.ZipFile(DATA / f"{name}.pt") as whole:
            inner = next(entry for entry in whole.namelist() if entry.endswith("data.pkl"))
            write("state_dict", f"{name}.pkl", whole.read(inner))
    deep = b"\x80\x02" + b"(" * 150_000 + b"."
    lists = b"\x80\x02" + b"]" * 150_000 + b"a" * 149_999 + b"."
    # A list that holds itself twice, again and again: 2^60 objects for whoever copies.
    double = b"\x80\x02]q\x00" + b"".join(b"]q%c(h%ch%ce" % (n + 1, n, n) for n in range(60)) + b"."
    texts = b"\x80\x02X" + struct.pack("<I", 50_000) + b"x" * 50_000 + b"q\x00" + b"h\x00" * 50_000 + b"."
    bomb = b"\x80\x02}(" + b"K\x01K\x02" * 400_000 + b"u."
    for name, content in [("deep", deep), ("lists", lists), ("double", double), ("texts", texts), ("bomb", bomb)]:
        packed = archive([("a/data.pkl", content), ("a/version", b"3\n")], zipfile.ZIP_DEFLATED)
        write("state_dict", f"{name}.pt", packed)
    write("state_dict", "double.pkl", double)
    # Sizes and offsets that no file has.
    huge = b"\x80\x02\x8a\x08" + struct.pack("<q", 1 << 62) + b"."
    write("state_dict", "huge.pkl", huge)
    write("state_dict", "long_text.pkl", b"\x80\x04\x8d" + struct.pack("<Q", 1 << 62) + b"x.")


def safetensors():
    header = lambda text: struct.pack("<Q", len(text)) + text
    names = b'{"rnn.weight_ih_l0":{"dtype":"%s","shape":[2,1],"data_offsets":[0,%d]},' \
            b'"rnn.weight_hh_l0":{"dtype":"%s","shape":[2,2],"data_offsets":[%d,%d]}}'
    for kind, size in [(b"F16", 2), (b"F64", 8), (b"I8", 1)]:
        text = names % (kind, 2 * size, kind, 2 * size, 6 * size)
        write("safetensors", f"{kind.decode().lower()}.safetensors", header(text) + b"\x3c" * 6 * size)
    twice = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0],' \
            b'"data_offsets":[4,4]}}'
    write("safetensors", "twice.safetensors", header(twice) + bytes(4))
    far = b'{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,18446744073709551615]}}'
    write("safetensors", "far.safetensors", header(far) + bytes(4))
    write("safetensors", "deep.safetensors", header(b'{"a":' + b"[" * 3_000))
    write("safetensors", "length.safetensors", struct.pack("<Q", 1 << 62) + b"{}")


def npz():
    x = (np.arange(240) % 17 - 8).reshape(6, 40)
    y = np.arange(6) % 10
    for name, kind, save in [("f32", "<f4", np.savez), ("big", ">f8", np.savez), ("packed", "<i2", np.savez_compressed)]:
        out = io.BytesIO()
        save(out, x=x.astype(kind), y=y.astype(kind), x_test=x[:2].astype(kind), y_test=y[:2].astype(kind))
        with zipfile.ZipFile(io.BytesIO(out.getvalue())) as whole:
            method = whole.infolist()[0].compress_type
            write("npz", f"{name}.npz", archive([(entry, whole.read(entry)) for entry in whole.namelist()], method))
    # Headers that claim more than there is.
    for name, shape in [("claim", "(200000, 40)"), ("huge", "(4611686018427387904, 40)"), ("deep", "(" * 60)]:
        text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
        array = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + bytes(32)
        parts = [(f"{part}.npy", array) for part in ["x", "y", "x_test", "y_test"]]
        write("npz", f"{name}.npz", archive(parts))


def tables():
    write("sequence", "named.csv", "﻿price, volume\r\n1.5, 2\r\n-3e-1,4\r\n".encode())
    write("sequence", "plain.csv", b"1\n0\n-1\n2\n")
    write("sequence", "quoted.csv", b'"a ""b""","c\nd"\n1,2\n1e-320,-0\n')
    write("sequence", "wide.csv", ",".join("1" * 300).encode() + b"\n")
    write("sequence", "one_cell.csv", b'"' + b"x" * 5_000)
    rows = ["label," + ",".join(f"t{n}" for n in range(40))]
    rows += [f"{n}," + ",".join(str((n * t) % 5 - 2) for t in range(40)) for n in range(6)]
    write("data_set", "named.csv", "\n".join(rows).encode())
    write("data_set", "plain.csv", "\r\n".join(rows[1:]).encode() + b"\r\n")
    write("data_set", "far.csv", rows[1].replace("-2", "1e39").encode())


def documents():
    write("comparison", "deep.json", b'{"rnnscope_comparison":1,"comparison":' + b"[" * 3_000)
    write("comparison", "twice.json", b'{"rnnscope_comparison":1,"rnnscope_comparison":1,"comparison":{}}')
    write("session", "bare.ron", b"(version: 2, session: (zoom: 2.0))")
    write("session", "deep.ron", b"(version: 2, session: (why: (arrangement: " + b"tabs(children: [" * 200)
    nested = b"(version: 2, session: (why: (arrangement: " + b"tabs(active: 0, children: [" * 20
    write("session", "nested.ron", nested + b"pane(gates)" + b"])" * 20 + b")))")
    write("session", "not_numbers.ron", b"(version: 2, session: (zoom: NaN, export: (scale: inf, width: 0)))")


def windows():
    # Open every view and tile them; train, step back and forth; type into whatever has the keyboard.
    commands = lambda *numbers: b"".join(bytes([10, number, 0]) for number in numbers)
    write("window", "views", commands(13, 14, 15, 16, 17, 18, 19, 22, 21, 20, 24, 25, 23))
    write("window", "training", commands(31, 32, 32, 37, 34, 35, 33, 36, 24, 25, 30))
    write("window", "dialogs", commands(8, 9, 9, 39, 8) + bytes([12, 0, 0, 13, 1, 0, 12, 1, 0]))
    write("window", "files", bytes([14, 0, 1, 14, 4, 1, 14, 1, 0, 14, 3, 1, 14, 6, 3, 15, 1, 0, 15, 0, 0]))
    write("window", "typing", b"".join(bytes([12, 0, 0, 13, n, n, 12, 1, 0]) for n in range(12)))


state_dicts()
safetensors()
npz()
tables()
documents()
windows()
