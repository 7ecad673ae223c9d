#!/usr/bin/env python3
"""Kiểm một sổ in của loa mà không cần loa. / Check a printed book of loa without loa.

    python3 verify.py JOURNAL.db ["LOA-SEAL:1 …"] [BOOK.json]

JOURNAL.db là state/journal.db (hay bản chép của nó, cùng journal.db-wal). Chuỗi LOA-SEAL là chữ đọc từ ô vuông trên sổ
in, hay do `loa journal seal` in ra. BOOK.json là kết quả của `loa --json report --week 2026-W49`.
The journal, what a phone reads out of the picture on a book, and the book as JSON. Python 3 alone, nothing to install.
What it says last is OK; whatever does not hold ends it with a sentence and exit 1.
"""

import hashlib
import json
import sqlite3
import sys

# Ed25519 (RFC 8032, section 5.1), as its appendix has it: slow, short, and enough to check one signature.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    x, y = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    z, w = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, w - z, w + z, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, a):
    out = (0, 1, 1, 0)
    while n:
        if n & 1:
            out = add(out, a)
        a, n = add(a, a), n >> 1
    return out


def point(raw):
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(key, message, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = times(s, BASE), add(r, times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 == (left[1] * right[2] - right[1] * left[2]) % P


def chain(db):
    """The rows by number, once both chains were followed from end to end."""
    tables = {"entry": ("seq", "marks"), "mark": ("id", "entries")}
    rows = {t: db.execute(f"SELECT {n}, body, hash FROM {t} ORDER BY {n}").fetchall() for t, (n, _) in tables.items()}
    for table, (number, link) in tables.items():
        other = "mark" if table == "entry" else "entry"
        places = {"0" * 64: 0} | {h: n for n, _, h in rows[other]}
        prev, reached = "0" * 64, 0
        for expected, (n, text, h) in enumerate(rows[table], 1):
            body = json.loads(text)
            if n != expected or body[number] != n:
                sys.exit(f"{table} {expected}: removed, or out of its place")
            if hashlib.sha256(text.encode()).hexdigest() != h:
                sys.exit(f"{table} {n}: changed")
            if body["prev"] != prev:
                sys.exit(f"{table} {n}: does not follow the row before it")
            if places.get(body[link], -1) < reached:
                sys.exit(f"{table} {n}: refers to a row of {other} that is gone")
            prev, reached = h, places[body[link]]
    return {n: (json.loads(text), h) for n, text, h in rows["entry"]}


def seal(line, rows, epoch):
    mark, of, row, digest, time, key, signature = line.upper().split()
    message = " ".join([mark, of, row, digest, time, key]).encode()
    if mark != "LOA-SEAL:1" or not signature_holds(bytes.fromhex(key), message, bytes.fromhex(signature)):
        sys.exit("the seal's signature does not hold")
    if of != epoch.upper():
        sys.exit(f"the seal is of another journal: {of}")
    if int(row) not in rows:
        sys.exit(f"row {row}, which was signed, is gone")
    if rows[int(row)][1].upper() != digest:
        sys.exit(f"row {row} is not the one that was signed")
    print(f"sealed: row {row} at {time}, key {key[:16]}")


def book(book, rows):
    """Every airing of the book's rows stands in it once, with its outcome, and the total is their sum."""
    lines = [part for day in book["days"] for part in day["parts"] if part["kind"] == "line"]
    total = {key: 0 for key in ("planned", "played", "partial", "missed", "refused")}
    seconds, told = [0, 0], set()
    for line in lines:
        for number in line["rows"]:
            row = rows.get(number, ({}, ""))[0]
            if number in told or row.get("outcome") != line["outcome"] or row.get("title") != line["title"]:
                sys.exit(f"line {line['number']} of the book is not what row {number} says")
            told.add(number)
            if not line["uncounted"] and not line["unheard"]:
                total["planned"] += 1
                total[row["outcome"]] += 1
                seconds[0] += int((row["seconds_planned"] or 0) + 0.5)
                seconds[1] += int((row["seconds_played"] or 0) + 0.5)
    for number, (row, _) in rows.items():
        at = (row["planned"] or row["started"] or row["written"])[:10]
        # Days in the station's own time, as the rows have them.
        if row["kind"] == "airing" and row["outcome"] and book["from"] <= at <= book["until"] and number not in told:
            sys.exit(f"row {number} is not in the book")
    said = book["total"]
    if any(said[key] != count for key, count in total.items()):
        sys.exit(f"the total of the book is {said}, its rows come to {total}")
    if [said["seconds_planned"], said["seconds_played"]] != seconds:
        sys.exit(f"the seconds of the book are {said}, its rows come to {seconds}")
    print(f"book: {len(lines)} lines of {len(told)} rows")


def main(arguments):
    db = sqlite3.connect(f"file:{arguments[0]}?mode=ro", uri=True)
    db.execute("BEGIN")
    rows = chain(db)
    print(f"chain: {len(rows)} rows")
    for argument in arguments[1:]:
        if argument.upper().startswith("LOA-SEAL"):
            seal(argument, rows, db.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0])
        else:
            with open(argument, encoding="utf-8") as file:
                book(json.load(file), rows)
    print("OK")


main(sys.argv[1:])
