#!/usr/bin/env python3
"""The arithmetic of the table and of the plots; what a missing program costs; what is refused, and how."""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any
from unittest import mock

sys.dont_write_bytecode = True
BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))

from harness import curves, curves_file, specs  # noqa: E402
from harness.bench import Bench, Settings  # noqa: E402
from harness.files import write_whole  # noqa: E402
from harness.processes import Failed, Processes  # noqa: E402
from harness.rows import Row, Spec  # noqa: E402
from harness.sections import bulk, inprocess, message, onesided, peers, standing, ycsb  # noqa: E402
from harness.show import table  # noqa: E402
from harness.stores import Store  # noqa: E402
from harness.svg import Axis, Chart, short  # noqa: E402


class Rows(unittest.TestCase):
    def test_ratio_is_the_median_of_the_rounds_ratios(self) -> None:
        row = Row(Spec("s", "n", "us", "y"), ours=[1, 20, 3], theirs=[1, 10, 1])
        self.assertEqual(row.ratio, 2)
        self.assertEqual(row.our_median, 3)

    def test_floor_is_held_against_the_ratio(self) -> None:
        more = Row(Spec("s", "n", "M/s", "y", floor=2, aim=4), ours=[30], theirs=[10])
        self.assertTrue(more.reaches(2))
        self.assertFalse(more.reaches(4))
        less = Row(Spec("s", "n", "us", "y", lower=True, floor=2, aim=4), ours=[30], theirs=[10])
        self.assertFalse(less.reaches(2))
        self.assertTrue(less.reaches(4))

    def test_absolute_floor_is_held_against_ours(self) -> None:
        row = Row(Spec("s", "n", "ns", "y", lower=True, absolute=True, floor=150), ours=[140], theirs=[10])
        self.assertTrue(row.reaches(150))

    def test_row_without_figure_meets_nothing_and_is_shown(self) -> None:
        row = Row(Spec("s", "the row", "ns", "y", floor=1), theirs=[10], note="it is not built")
        self.assertIsNone(row.as_json()["met"])
        self.assertIn("NO FIGURE", table([row]))
        self.assertIn("it is not built", table([row]))

    def test_row_beside_nothing_has_no_ratio_and_is_shown(self) -> None:
        row = Row(Spec("s", "n", "%", "y", floor=2), ours=[1], theirs=[0])
        self.assertIsNone(row.ratio)
        self.assertIn("n", table([row]))

    def test_row_under_its_floor_is_marked(self) -> None:
        self.assertIn("UNDER", table([Row(Spec("s", "n", "M/s", "y", floor=2), ours=[1], theirs=[1])]))


class Specs(unittest.TestCase):
    def test_names_differ(self) -> None:
        self.assertEqual(len({spec.name for spec in specs.SPECS}), len(specs.SPECS))

    def test_an_aim_is_beyond_its_floor(self) -> None:
        for spec in specs.SPECS:
            if spec.floor is not None and spec.aim is not None:
                self.assertEqual(spec.aim < spec.floor, spec.lower, spec.name)

    def test_rows_are_chosen_by_section_and_by_text(self) -> None:
        self.assertEqual({spec.section for spec in specs.chosen(["ycsb"])}, {"ycsb"})
        self.assertTrue(all("TCP" in spec.name for spec in specs.chosen(["tcp"])))
        self.assertEqual(specs.chosen(["no such row"]), [])
        self.assertEqual(specs.chosen([]), specs.SPECS)


class InFolder(unittest.TestCase):
    """Has a folder of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def assert_refused(self, program: str, *arguments: str | Path, told: str) -> None:
        """In one line that has `told`, a pattern, and with status 2."""
        command = [str(BENCH / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), done.stderr)
        self.assertRegex(done.stderr, told)


class Faults(InFolder):
    """A run in which programs are missing."""

    def setUp(self) -> None:
        super().setUp()
        (self.folder / "programs").mkdir()
        self.shown, processes, ends = io.StringIO(), Processes(), contextlib.ExitStack()
        self.addCleanup(ends.close)
        ends.callback(processes.close)
        ends.enter_context(mock.patch.dict(os.environ, PATH=str(self.folder / "programs")))
        ends.enter_context(contextlib.redirect_stderr(self.shown))
        self.bench = Bench(Settings(self.folder / "build", rounds=2, seconds=0.01, keys=10, records=10), processes, specs.SPECS)

    def test_every_row_of_every_section_says_what_is_missing(self) -> None:
        for section in (message, onesided, peers, bulk, inprocess, ycsb, standing):
            section.measure(self.bench)
        for row in self.bench.rows.values():
            self.assertEqual((row.ours, row.theirs), ([], []), row.spec.name)
            self.assertRegex(row.note, r"FAILED: .*(is missing|No such file)", row.spec.name)
        self.assertTrue(self.bench.failures)
        self.assertEqual(table(list(self.bench.rows.values())).count("NO FIGURE"), len(specs.SPECS))

    def test_curves_without_a_store_are_a_failure_and_not_the_end(self) -> None:
        self.assertEqual(curves.measure(self.bench), curves_file.Curves({}, {}, {}))
        for what in ("Lath", "Redis", "memcached", "raw UCX"):
            self.assertIn(what, self.shown.getvalue())
        self.assertEqual(len(self.bench.failures), 4)

    def test_curves_have_what_one_store_measured(self) -> None:
        redis = Store("redis:unix:x", 1, {})
        answer = {"rate": 5.0, "distribution_ns": [3.0]}
        with (
            mock.patch.object(self.bench.stores, "redis", lambda: contextlib.nullcontext(redis)),
            mock.patch.object(self.bench, "ask", lambda *_, **__: answer),
        ):
            found = curves.measure(self.bench)
        self.assertEqual(found.latency["Redis, Unix socket: get"], [3.0])
        self.assertEqual(found.batch, {"Redis, Unix socket": [(batch, 5.0) for batch in curves.BATCHES]})
        self.assertEqual(found.value["Redis, Unix socket"][1], (32, 160.0))

    def test_a_failure_costs_its_own_rows_alone(self) -> None:
        first, second = "memory a key, 8 B values", "an idle node of 2 shards"
        self.assertTrue(self.bench.compare([first], lambda: {first: 1}, lambda: {first: 2}))
        with self.bench.at_stake(second):
            self.bench.rows[second].ours.append(1)
            raise Failed("redis-server is missing")
        self.assertEqual(self.bench.rows[first].ratio, 0.5)
        self.assertEqual(self.bench.rows[second], Row(self.bench.rows[second].spec, note="FAILED: redis-server is missing"))

    def test_the_rows_so_far_are_shown_and_written_whatever_ends_the_run(self) -> None:
        measure_rows = runpy.run_path(str(BENCH / "compare"))["measure_rows"]
        shown, path = io.StringIO(), self.folder / "rows.json"
        broken = mock.Mock(measure=mock.Mock(side_effect=KeyboardInterrupt))
        with (
            mock.patch.dict(measure_rows.__globals__, SECTIONS=(inprocess, broken)),
            contextlib.redirect_stdout(shown),
            self.assertRaises(KeyboardInterrupt),
        ):
            measure_rows(self.bench, path)
        self.assertEqual(len(json.loads(path.read_text())), len(specs.SPECS))
        self.assertIn("the run ended before it", shown.getvalue())

    def test_a_failure_of_the_yardstick_is_the_note_of_a_zipf_row(self) -> None:
        def ask(program: str, **_: Any) -> dict[str, Any]:
            if program == "tbb_zipf":
                raise Failed("lath_bench_tbb_zipf is missing")
            return {"rate": 1, "how": "the callers are the shards"}

        with mock.patch.object(self.bench, "ask", ask):
            inprocess.measure(self.bench)
        for row in (row for row in self.bench.rows.values() if row.spec.section == "zipf"):
            self.assertEqual((row.ours, row.note), ([], "FAILED: lath_bench_tbb_zipf is missing"))


class Refusals(InFolder):
    def test_amounts_that_give_no_figure(self) -> None:
        for flag, values in {
            "rounds": ("0", "-1"),
            "seconds": ("0", "-1", "nan", "inf"),
            "keys": ("0", "5000000000", "1e6"),
            "records": ("2",),
        }.items():
            for value in values:
                self.assert_refused("compare", f"--{flag}={value}", told=f"--{flag}: takes ")

    def test_output_that_cannot_be_written(self) -> None:
        (self.folder / "file").touch()
        for flag in ("json", "curves"):
            for path in (self.folder, self.folder / "none/x.json"):
                self.assert_refused("compare", f"--{flag}", path, told=f"--{flag}: '{path}' cannot be written .* name a file")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["file"])

    def test_what_there_was_stays_when_writing_fails(self) -> None:
        path = self.folder / "rows.json"
        write_whole(path, "old")
        with mock.patch.object(Path, "replace", side_effect=OSError("full")), self.assertRaises(OSError):
            write_whole(path, "new")
        self.assertEqual([(one.name, one.read_text()) for one in self.folder.iterdir()], [("rows.json", "old")])

    def test_a_link_and_a_device_stay_what_they_are(self) -> None:
        link = self.folder / "link"
        link.symlink_to(self.folder / "file")
        write_whole(link, "text")
        self.assertTrue(link.is_symlink())
        self.assertEqual((self.folder / "file").read_text(), "text")
        pipe = self.folder / "null"
        pipe.symlink_to("/dev/null")
        write_whole(pipe, "text")
        self.assertTrue(Path("/dev/null").is_char_device())


    def test_what_goes_to_the_standard_output_is_added_to_what_is_there(self) -> None:
        path = self.folder / "out"
        program = (
            f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(BENCH)!r}); from pathlib import Path; "
            "from harness.files import write_whole; print('table', flush=True); write_whole(Path('/dev/stdout'), 'rows'); print('end')"
        )
        with path.open("a") as out:
            subprocess.run([sys.executable, "-c", program], stdout=out, check=True)
        self.assertEqual([one.name for one in self.folder.iterdir()], ["out"])
        self.assertEqual(path.read_text(), "table\nrowsend\n")


class Ends(unittest.TestCase):
    def test_who_is_interrupted_while_a_program_ends_ends_it_all_the_same(self) -> None:
        processes = Processes()
        program = processes.start("sleeper", ["sleep", "1000"], None)
        wait = program.wait
        with mock.patch.object(program, "wait", side_effect=KeyboardInterrupt), mock.patch.object(program, "terminate"):
            with self.assertRaises(KeyboardInterrupt):
                processes.end(program)
        self.assertIsNone(program.poll())
        processes.close()
        self.assertIsNotNone(wait(10))

    def test_processor_time_counts_threads_that_have_ended(self) -> None:
        spent = "import threading, time; t = threading.Thread(target=lambda: sum(range(10**7))); t.start(); t.join(); time.sleep(1000)"
        processes = Processes()
        program = processes.start("spender", [sys.executable, "-c", spent], None)
        deadline = time.monotonic() + 30
        while standing._cpu_ns(program.pid) < 50_000_000 and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertGreaterEqual(standing._cpu_ns(program.pid), 50_000_000)
        processes.close()
        with self.assertRaises(Failed):
            standing._cpu_ns(program.pid)


class Plots(InFolder):
    CURVES = curves_file.Curves({"a": [1.0, 2.0]}, {"a": [(1, 2.0)]}, {"a": [(8, 3.0)]})

    def test_draws_what_was_measured(self) -> None:
        curves_file.write(self.CURVES, self.folder / "curves.json")
        subprocess.run([BENCH / "plot", self.folder / "curves.json", self.folder / "plots"], stdout=subprocess.DEVNULL, check=True)
        self.assertEqual(sorted(path.stem for path in (self.folder / "plots").iterdir()), ["batch", "latency", "value"])

    def test_refuses_a_file_that_has_no_curves(self) -> None:
        path = self.folder / "curves.json"
        self.assert_refused("plot", path, told=f"{path} cannot be read")
        good: dict[str, Any] = {"latency": {"a": [1]}, "batch": {"a": [[1, 2]]}, "value": {"a": [[8, 3]]}}
        for text, told in (
            ("{", "is no JSON"),
            (json.dumps([{"name": "a row of bench/compare"}]), "the rows of bench/compare --json"),
            ("3", "'latency'"),
            ("{}", "'latency'"),
            (json.dumps(good | {"latency": {}}), "'latency'"),
            (json.dumps(good | {"latency": {"a": [float("nan")]}}), "'latency'"),
            (json.dumps(good | {"batch": {"a": []}}), "'batch'"),
            (json.dumps(good | {"batch": {"a": [[0, 1]]}}), "'batch'"),
            (json.dumps(good | {"value": {"a": [8, 3]}}), "'value'"),
        ):
            path.write_text(text)
            told = f"{path} .*{told}.*: measure them with bench/compare --curves"
            self.assert_refused("plot", path, self.folder / "plots", told=told)
        path.write_bytes(b"\xff\xfe")
        self.assert_refused("plot", path, self.folder / "plots", told="is no JSON")

    def test_refuses_a_folder_that_cannot_be_written(self) -> None:
        path = self.folder / "curves.json"
        curves_file.write(self.CURVES, path)
        self.assert_refused("plot", path, path, told=f"{path} cannot be written .*: bench/plot FILE FOLDER")
        self.assert_refused("plot", path, path / "below", told=f"{path}/below cannot be written")

    def chart(self, points: list[tuple[float, float]]) -> ElementTree.Element:
        chart = Chart("a < b", Axis("x", logarithmic=True, base=2), Axis("y"), {"one & two": points})
        return ElementTree.fromstring(chart.svg())

    def test_is_well_formed_and_places_points_in_order(self) -> None:
        line = self.chart([(1, 0), (2, 5), (8, 10)]).find("{http://www.w3.org/2000/svg}polyline")
        assert line is not None
        places = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
        self.assertEqual([x for x, _ in places], sorted(x for x, _ in places))
        self.assertEqual([y for _, y in places], sorted((y for _, y in places), reverse=True))
        self.assertAlmostEqual((places[2][0] - places[1][0]) / (places[1][0] - places[0][0]), 2, places=1)

    def test_refuses_zero_on_a_logarithmic_axis(self) -> None:
        with self.assertRaises(ValueError):
            self.chart([(0, 1), (1, 1)])

    def test_numbers_are_short(self) -> None:
        self.assertEqual([short(n) for n in (2_500_000, 1000, 8)], ["2.5M", "1k", "8"])
        self.assertEqual([short(n, 2) for n in (2**21, 4096, 512)], ["2Mi", "4Ki", "512"])


if __name__ == "__main__":
    unittest.main()
