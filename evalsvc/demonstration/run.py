"""The whole demonstration, step by step, in one folder."""

from dataclasses import dataclass
from pathlib import Path

from evalsvc import files, migrate
from evalsvc.config import read_config
from evalsvc.demonstration import reporting, sample
from evalsvc.demonstration.comparison import Compared, compare, write_truth
from evalsvc.demonstration.fieldwork import FieldworkDone, Order, carry_out, require_each_once
from evalsvc.demonstration.institute import INSTITUTE, TELEPHONE, Institute, open_institute, write_accounts
from evalsvc.demonstration.judging import JudgingDone, judge_cases
from evalsvc.demonstration.register import Register, Truth, simulate
from evalsvc.demonstration.reporting import Checked
from evalsvc.demonstration.sample import Drawn
from evalsvc.demonstration.scenario import Scale
from evalsvc.demonstration.server import free_port, settings_of, started
from evalsvc.demonstration.show import Lap, Show
from evalsvc.demonstration.sizing import Sizing, plan_sizes
from evalsvc.demonstration.villages import choose_places, read_villages
from evalsvc.demonstration.world import World
from evalsvc.draws.queries import draw_by_number
from evalsvc.evaluations.packs import pack_bytes
from evalsvc.evaluations.rule_pack import Pack, read_pack
from evalsvc.frames.values import CheckedFrame
from evalsvc.instruments.operations import keep_form, publish, shipped_form
from evalsvc.interviews.queries import interviews_received
from evalsvc.service import Service, open_service
from forms import library

SERVICE_FOLDER, ACCOUNTS_FILE = "service", "accounts.txt"


@dataclass(frozen=True)
class Sampled:
    """The frame and both draws."""

    frame: CheckedFrame
    judged: Drawn
    province: Drawn
    recomputed: tuple[int, int]
    """How many things of each draw were recomputed from manifest and frame alone."""


@dataclass(frozen=True)
class Outcome:
    """Everything that the closing summary tells."""

    pack: Pack
    sizing: Sizing
    committees: int
    sampled: Sampled
    fieldwork: FieldworkDone
    judging: JudgingDone
    signer: str
    checked: Checked
    compared: tuple[Compared, ...]
    laps: tuple[Lap, ...]


def run(out: Path, scale: Scale, show: Show, database_url: str | None = None) -> Outcome:
    """Drive one evaluation through the whole system; the database is the folder's own unless one is given."""
    port = free_port()
    settings = settings_of(out / SERVICE_FOLDER, f"http://127.0.0.1:{port}", database_url)
    with show.step("模拟农户名册 / simulating the register"):
        register, truth = simulate(choose_places(read_villages(), scale), scale)
    service = open_service(read_config(settings))
    try:
        institute = _open(service, scale, show, out)
        evaluation = _Evaluation(service, institute, out, show, World(register, truth))
        # The server takes some seconds to come up; the draws need none of it.
        with started(port, settings, out / SERVICE_FOLDER) as server:
            sampled = evaluation.sample(register, scale)
            instrument_id = evaluation.publish_form()
            with show.step("等待服务就绪 / waiting for the server"):
                server.wait()
            fieldwork = evaluation.visit(server.url, sampled.judged, instrument_id)
        judging = evaluation.judge(sampled.judged.number)
        results, signer, checked = evaluation.report(sampled.judged.number)
    finally:
        service.database.close()
    pack = _pack(institute)
    return Outcome(
        pack=pack,
        sizing=plan_sizes(pack, scale.sizes),
        committees=sum(place.committee == "居委会" for place in register.villages),
        sampled=sampled,
        fieldwork=fieldwork,
        judging=judging,
        signer=signer,
        checked=checked,
        compared=_compared(register, truth, results, out),
        laps=tuple(show.laps),
    )


def _open(service: Service, scale: Scale, show: Show, out: Path) -> Institute:
    with show.step("建立数据库、评估项目和人员 / database, evaluation, people"):
        migrate.upgrade(service.database)
        with service.database.transaction() as session:
            institute = open_institute(session, scale.enumerators)
        write_accounts(institute, out / SERVICE_FOLDER / ACCOUNTS_FILE)
    return institute


def _pack(institute: Institute) -> Pack:
    pack, complaints = read_pack(pack_bytes(institute.evaluation.pack))
    if pack is None:
        raise ValueError(f"the shipped pack cannot be read: {complaints}")
    return pack


def _compared(register: Register, truth: Truth, results: bytes, out: Path) -> tuple[Compared, ...]:
    compared = tuple(compare(register, truth, results))
    write_truth(compared, out)
    return compared


@dataclass(frozen=True)
class _Evaluation:
    """The running evaluation: each method is one step of it."""

    service: Service
    institute: Institute
    out: Path
    show: Show
    world: World

    def sample(self, register: Register, scale: Scale) -> Sampled:
        """Import the frame, draw both designs, verify both draws."""
        given = (self.service, self.institute)
        with self.show.step("导入抽样框：GB18030 编码的 CSV / importing the frame"):
            imported = sample.import_register(*given, register, self.out)
        with self.show.step("四县方案：承诺、揭示、抽取 / drawing the judged counties"):
            judged = sample.draw_judged(*given, imported, scale, self.out)
        with self.show.step("全省方案：承诺、揭示、抽取 / drawing the province design"):
            province = sample.draw_province(*given, imported, scale, self.out)
        with self.show.step("仅凭清单和抽样框核验两次抽取 / verifying both draws"):
            frame = self.out / files.FRAME
            recomputed = (sample.verify(judged, frame), sample.verify(province, frame))
        return Sampled(imported.checked, judged, province, recomputed)

    def publish_form(self) -> str:
        """Publish the shipped household form and return the instrument's identifier."""
        words = {library.INSTITUTE: INSTITUTE, library.TELEPHONE: TELEPHONE}
        name, data = shipped_form(blanks=words)
        designer = self.institute.member("demo-designer").actor
        with self.show.step("发布问卷 / publishing the form"):
            form = keep_form(self.service.store, data, name)
            with self.service.database.transaction() as session:
                return publish(session, designer, self.institute.evaluation.id, form).id

    def visit(self, server: str, judged: Drawn, instrument_id: str) -> FieldworkDone:
        """Visit every household over HTTP."""
        order = Order(judged.number, instrument_id, judged.villages)
        with self.show.step("入户调查：每户一次 OpenRosa 提交 / fieldwork over HTTP") as tell:
            done = carry_out(server, self.institute, self.world, order, tell)
        with self.service.database.reading() as session:
            draw = draw_by_number(session, self.institute.evaluation.id, judged.number)
            require_each_once(done, interviews_received(session, draw.id))
        return done

    def judge(self, draw_number: int) -> JudgingDone:
        """Let two experts judge the suspected cases."""
        with self.service.database.reading() as session:
            draw_id = draw_by_number(session, self.institute.evaluation.id, draw_number).id
        with self.show.step("两名专家分别研判个案 / two experts judge each case") as tell:
            return judge_cases(self.service, self.institute, self.world, draw_id, tell)

    def report(self, draw_number: int) -> tuple[bytes, str, Checked]:
        """Compute results, issue the signed report, and check it as an outsider would."""
        with self.show.step("计算结果 / computing the results"):
            results = reporting.compute_results(self.service, self.institute, draw_number, self.out)
        with self.show.step("编制、签名报告并打包 / report, signature, bundle"):
            signer = reporting.issue_report(self.service, self.institute, self.out)
        with self.show.step("外部核对：evalsvc verify / the outsider's check"):
            checked = reporting.check_as_outsider(self.out)
        return results, signer, checked
