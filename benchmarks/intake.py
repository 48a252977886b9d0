"""Measure the intake: `python benchmarks/intake.py [--interviews 1000] [--connections 8] [--database-url URL]`.

Starts the real server on loopback with its own data folder, prepares a fieldwork of that many households, and posts
one completed interview with two small pictures for each, over so many connections at once. Prints submissions a
second (the median of ten equal parts), latency, and the processor time of the server for one submission.
Bare single-row commits of the same disk are timed beside it.
"""

import argparse
import http.client
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from evalsvc import migrate
from evalsvc.config import Config, read_config
from evalsvc.demonstration.answers import answer
from evalsvc.demonstration.media import draw_photo, draw_signature
from evalsvc.demonstration.server import free_port, settings_of, started
from evalsvc.demonstration.visits import SHANGHAI
from evalsvc.demonstration.world import COMPLETED, Home
from evalsvc.draws import operations as draws
from evalsvc.evaluations.operations import create_evaluation
from evalsvc.evaluations.packs import pack_names
from evalsvc.fieldwork import operations as fieldwork
from evalsvc.fieldwork.queries import assignments_of_draw
from evalsvc.frames.operations import import_frame
from evalsvc.frames.reading import check_file
from evalsvc.instruments import operations as instruments
from evalsvc.people import operations as people
from evalsvc.people.actor import SYSTEM
from evalsvc.service import open_service
from forms.definition import parse_definition
from forms.filling import fill

EVALUATION = "intake"
HOUSEHOLDS_A_VILLAGE = 20
LEVELS = (
    "[{name: village, id: village_code, columns: {village: text}},"
    " {name: household, id: household_id, columns: {household_class: text}}]"
)
BOUNDARY = "intake-benchmark"
PARTS = 10


def main() -> None:
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="evalsvc-intake-") as folder:
        data, port = Path(folder), free_port()
        settings = settings_of(data, f"http://127.0.0.1:{port}", given.database_url)
        bodies, token = prepare(read_config(settings), given.interviews)
        with started(port, settings, data) as server:
            server.wait()
            path = f"/v1/key/{token}/evaluations/{EVALUATION}/submission"
            post_all(server.url, path, bodies[:20], 2)  # the first interviews compile the form
            before = cpu_seconds(server.process.pid)
            begun = time.perf_counter()
            done = post_all(server.url, path, bodies[20:], given.connections)
            seconds = time.perf_counter() - begun
            cpu = cpu_seconds(server.process.pid) - before
        tell(done, seconds, cpu, given)
        print(f"bare single-row SQLite commits of this disk: {bare_commits(data):.0f} a second")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--database-url", help="postgresql+psycopg://…; SQLite in the data folder otherwise")
    return parser.parse_args()


def prepare(config: Config, interviews: int) -> tuple[list[bytes], str]:
    """Set a fieldwork up and fill one form for each household; return the request bodies and the device token."""
    service = open_service(config)
    migrate.upgrade(service.database)
    with tempfile.TemporaryDirectory() as folder, service.database.transaction() as session:
        names = {"code": EVALUATION, "name": "intake", "client": "-", "institute": "-", "pack": pack_names()[0]}
        evaluation = create_evaluation(session, SYSTEM, **names, simulated=True)
        person = people.add_person(session, SYSTEM, "enumerator", "示范调查员")
        people.grant_role(session, SYSTEM, person.id, "enumerator", evaluation.id)
        token = people.make_token(session, SYSTEM, person.id, kind="device", label="benchmark", days=1).secret
        checked = check_file(write_frame(Path(folder), interviews + 20), f"levels: {LEVELS}")
        frame = import_frame(session, service.store, SYSTEM, evaluation.id, checked)
        options = {"frame_id": frame.id, "purpose": "", "design_text": design(), "secret_key": config.secret_key}
        draws.commit(session, service.store, SYSTEM, evaluation, **options)
        draw = draws.run(
            session, service.store, SYSTEM, evaluation, number=1, public_value=None, secret_key=config.secret_key
        )
        name, data = instruments.shipped_form()
        instrument = instruments.publish(session, service.store, SYSTEM, evaluation.id, data=data, name=name)
        fieldwork.assign_from_draw(session, SYSTEM, draw.id, instrument.id)
        rows = assignments_of_draw(session, draw.id)
        fieldwork.assign_enumerator(session, SYSTEM, evaluation.id, {row.parent for row in rows}, person.id)
    definition = parse_definition(service.store.get(instrument.xform_sha256))
    service.database.close()
    return [body(definition, row.unit_id, row.stratum) for row in rows], token


def write_frame(folder: Path, households: int) -> Path:
    lines = ["village_code,village,household_id,household_class"]
    for number in range(households):
        village = 350125101000 + number // HOUSEHOLDS_A_VILLAGE
        lines.append(f"{village},村{village},{village}-{number:06d},{('脱贫户', '一般农户')[number % 2]}")
    path = folder / "households.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def design() -> str:
    return f"""
version: 1
evaluation: {EVALUATION}
draw: 1
title: every household
frame: {{levels: {LEVELS}}}
stages:
  - {{name: household, strata: [household_class], method: equal, take: {{each: 1000000, by: []}}, when_short: take_all}}
"""


def body(definition: object, unit_id: str, household_class: str) -> bytes:
    """Write one request: the XML and two pictures, as a phone sends them."""
    wrong, content = (False, False, False), (True, True, True)
    home = Home(unit_id, unit_id.partition("-")[0], household_class, True, 4, COMPLETED, *wrong, *content)
    chance = random.Random(unit_id)
    answers = answer(home, datetime.now(SHANGHAI), "photo.png", "signature.png")
    xml = fill(definition, answers, instance_id=f"uuid:{unit_id}")  # type: ignore[arg-type]
    parts = [
        ("xml_submission_file", "submission.xml", "text/xml", xml),
        ("photo.png", "photo.png", "image/png", draw_photo(chance)),
        ("signature.png", "signature.png", "image/png", draw_signature(chance)),
    ]
    return b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n"
        for name, file, kind, content in parts
    ) + f"--{BOUNDARY}--\r\n".encode()  # fmt: skip


def post_all(url: str, path: str, bodies: Sequence[bytes], connections: int) -> list[tuple[float, float]]:
    """Post everything; return for each submission when it was answered and how long it took."""
    shares = [bodies[place::connections] for place in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        found = pool.map(lambda share: post_share(urlsplit(url).netloc, path, share), shares)
        return sorted(pair for pairs in found for pair in pairs)


def post_share(host: str, path: str, bodies: Sequence[bytes]) -> list[tuple[float, float]]:
    connection = http.client.HTTPConnection(host, timeout=60)
    headers = {"X-OpenRosa-Version": "1.0", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    done = []
    for content in bodies:
        started = time.perf_counter()
        connection.request("POST", path, content, headers)
        response = connection.getresponse()
        text = response.read()
        if response.status != 201:
            raise SystemExit(f"{response.status}: {text.decode()}")
        done.append((time.perf_counter(), time.perf_counter() - started))
    connection.close()
    return done


def cpu_seconds(group: int) -> float:
    """Add up the processor time of a process group, as /proc counts it in ticks."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended in between
        ticks += int(fields[11]) + int(fields[12]) if int(fields[2]) == group else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def bare_commits(folder: Path, rows: int = 300) -> float:
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE bare (value TEXT)")
    started = time.perf_counter()
    for number in range(rows):
        connection.execute("INSERT INTO bare VALUES (?)", (str(number),))
    return rows / (time.perf_counter() - started)


def tell(done: Sequence[tuple[float, float]], seconds: float, cpu: float, given: argparse.Namespace) -> None:
    times = [at for at, _ in done]
    size = max(1, len(times) // PARTS)
    rates = [
        (len(part) - 1) / (part[-1] - part[0])
        for part in (times[at : at + size] for at in range(0, len(times) - size + 1, size))
        if len(part) > 1
    ]
    waits = sorted(wait for _, wait in done)
    engine = (given.database_url or "sqlite").split(":")[0]
    print(f"{len(done)} submissions with two pictures, {given.connections} connections, {engine}: {seconds:.1f} s")
    print(f"median {statistics.median(rates):.0f} a second (lowest part {min(rates):.0f})")
    print(f"latency median {statistics.median(waits) * 1000:.0f} ms, p99 {waits[int(len(waits) * 0.99)] * 1000:.0f} ms")
    print(f"server {cpu / len(done) * 1000:.1f} CPU ms a submission")


if __name__ == "__main__":
    main()
