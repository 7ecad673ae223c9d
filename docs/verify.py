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
from datetime import datetime

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


# Notes that a book tells of, by the code that their reason begins with.
HAPPENINGS = """station_off power_lost late alert warrant passed_as_emergency alarm_unsent alarm_dropped alarm_agreed
alarm_alone alarm_read alarm_remark alarm_received alarm_declined alarm_unheard night_code night_codes drill drill_measured say talk stopped
order_refused clock_untrusted clock_confirmed clock_step device_lost device_failed amplifier_failed proof_not_heard
journal_renewed journal_altered journal_gone journal_restored station_restored journal_gap schedule_broken last_good_expired
rules_changed station_kept""".split()
ORDERS = ("alert", "say", "test_tone", "drill", "talk")
OUTAGES = ("station_off", "power_lost", "late")


def code(row):
    return (row["reason"] or "").split(":")[0]


def bare(name):
    """A name without the account behind it: «(hoa)» in a row, «(tài khoản: hoa)» in a book."""
    return name.rsplit(" (", 1)[0] if name and name.endswith(")") else name


def instant(text):
    return datetime.fromisoformat(text) if text else None


def whole(seconds):
    return int((seconds or 0) + 0.5)


def ordered_by(row, orderers):
    if code(row) in ORDERS:
        return bare(row["reason"].split(": ")[1])
    return orderers.get(row.get("order"))


def approval(row, decisions):
    """The last approval before an airing, in the name that it carries."""
    own = reversed(decisions.get(row["broadcast"], []))
    return next((one for one in own if one["seq"] < row["seq"] and one["approved_by"] == row["approved_by"]), None)


def columns(line, own, decisions, orderers):
    """What each printed column of a line has to be, as far as its rows tell."""
    first, heard = own[0], [row for row in own if row["started"]]
    played = [0 if line["unheard"] else whole(row["seconds_played"]) for row in own]
    planned = [whole(row["seconds_planned"]) for row in own]
    yield "outcome", all(row["outcome"] == line["outcome"] for row in own)
    yield "title", all(row["title"] == line["title"] for row in own)
    yield "planned", instant(line["planned"]) == instant(first["planned"])
    yield "started", instant(line["started"]) == min((instant(row["started"]) for row in heard), default=None)
    ended = [instant(row["ended"]) for row in own if row["ended"]]
    yield "ended", instant(line["ended"]) == max(ended, default=None)
    yield "seconds_planned", line["seconds_planned"] == [min(planned), max(planned)]
    yield "seconds_played", line["seconds_played"] == [min(played), max(played)]
    yield "class", line["class"] == first["class"]
    yield "campaign", line["campaign"] == first.get("campaign")
    yield "approved_by", bare(line["approved_by"]) == bare(first["approved_by"])
    found = approval(first, decisions) if first["approved_by"] else None
    if "approved_at" in line:
        yield "approved_at", instant(line["approved_at"]) == (instant(found["written"]) if found else None)
        paper = found["reason"].split(": paper: ") if found else []
        yield "entered_by", bare(line["entered_by"]) == (bare(paper[1]) if len(paper) > 1 else None)
        yield "approved_on_paper", line["approved_on_paper"] == (len(paper) > 1)
    by = ordered_by(first, orderers)
    yield "authors", by is None or by in map(bare, line["authors"])
    said = line["outcome"] != "played" and first["reason"] is not None
    yield "because", code(first) == "talk" or bool(line["because"]) == said


def book(book, rows):
    """Every airing and every happening of the book's rows stands in it once, as its row says, and the total is their sum."""
    lines = [part for day in book["days"] for part in day["parts"] if part["kind"] == "line"]
    total = {key: 0 for key in ("planned", "played", "partial", "missed", "refused")}
    seconds, told = [0, 0], set()
    notes = [row for row, _ in rows.values() if row["kind"] == "note"]
    orderers = {row["order"]: bare(row["reason"].split(": ")[1]) for row in notes if row.get("order") and code(row) in ORDERS}
    decisions = {}
    for row in notes:
        if code(row) == "approved":
            decisions.setdefault(row["broadcast"], []).append(row)
    for line in lines:
        own = [rows.get(number, (None, ""))[0] for number in line["rows"]]
        if not own or None in own or told & set(line["rows"]):
            sys.exit(f"line {line['number']} of the book is not what row {line['rows']} says")
        for column, holds in columns(line, own, decisions, orderers):
            if not holds:
                sys.exit(f"line {line['number']} of the book is not what row {line['rows'][0]} says: {column}")
        told |= set(line["rows"])
        for row in own:
            if not line["uncounted"] and not line["unheard"]:
                total["planned"] += 1
                total[row["outcome"]] += 1
                seconds[0] += whole(row["seconds_planned"])
                seconds[1] += whole(row["seconds_played"])
    happenings = [part for day in book["days"] for part in day["parts"] if part["kind"] == "happening"]
    for part in happenings:
        row = rows.get(part["row"], (None, ""))[0]
        at = row and (row["started"] if code(row) in OUTAGES and row["started"] else row["written"])
        if row is None or code(row) not in HAPPENINGS or part["row"] in told or instant(part["at"]) != instant(at):
            sys.exit(f"what the book says of {part['at']} is not what row {part['row']} says")
        told.add(part["row"])
    for number, (row, _) in rows.items():
        at = (row["planned"] or row["started"] or row["written"])[:10]
        # Days in the station's own time, as the rows have them.
        is_told = row["outcome"] if row["kind"] == "airing" else code(row) in HAPPENINGS
        if is_told and book["from"] <= at <= book["until"] and number not in told:
            sys.exit(f"row {number} is not in the book")
    said = book["total"]
    if any(said[key] != count for key, count in total.items()):
        sys.exit(f"the total of the book is {said}, its rows come to {total}")
    if [said["seconds_planned"], said["seconds_played"]] != seconds:
        sys.exit(f"the seconds of the book are {said}, its rows come to {seconds}")
    print(f"book: {len(lines)} lines, {len(happenings)} happenings, of {len(told)} rows")
    print("not checked, since no row says it: the names of zones, who handed a recording in, where it comes from, its")
    print("languages, what counts in no total or was heard by nobody, and the words of reasons and happenings")


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
