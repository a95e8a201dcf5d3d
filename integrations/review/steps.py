"""The steps of a review: calls of the command, and what came of each."""
import dataclasses
import json
import os
import pathlib
import subprocess


class Broken(Exception):
    """The call or its surroundings are at fault, not the rules."""


@dataclasses.dataclass
class Step:
    name: str
    code: int  # of the call
    about: str  # one line
    sarif: dict = None
    markdown: str = ""  # of diff
    is_left_out: bool = False
    log: str = ""  # what stood on standard error, where the call was at fault

    @property
    def mark(self):
        return "➖" if self.is_left_out else {0: "✅", 1: "❌"}.get(self.code, "⚠️")


@dataclasses.dataclass
class Review:
    project: str
    steps: list
    unformatted: list  # paths from the root of the repository

    def exit_code(self):
        codes = [step.code for step in self.steps]
        return 2 if any(code > 1 for code in codes) else max(codes, default=0)


def call(words, **more):
    try:
        return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", **more)
    except FileNotFoundError:
        raise Broken(f"there is no command `{words[0]}` here; install it on the machine or image that this runs on, "
                     "or say where it is with `segue` (SEGUE_SEGUE)") from None


def git(*words):
    return call(["git", *words])


def counted(number, thing):
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def levels(sarif):
    """How many errors and warnings a document has; those without a place count as well."""
    run = sarif["runs"][0]
    told = [n for i in run.get("invocations", []) for n in i.get("toolExecutionNotifications", [])]
    found = [entry["level"] for entry in run["results"] + told]
    return found.count("error"), found.count("warning")


def problems(sarif):
    errors, warnings = levels(sarif)
    parts = [counted(n, t) for n, t in ((errors, "error"), (warnings, "warning")) if n]
    return ", ".join(parts) or "no problems found"


class Runner:
    def __init__(self, arguments, base):
        self.arguments, self.base = arguments, base
        self.project = arguments.project if "/" in arguments.project else "./" + arguments.project  # a folder, not a definition
        self.reading = [word for source in arguments.sources for word in ("--source", source)]
        self.params = [word for param in arguments.params for word in ("--param", param)]
        self.clock = ["--as-of", arguments.as_of] if arguments.as_of else []

    def segue(self, *words):
        return call([self.arguments.segue, *words])

    def sarif_step(self, name, *words, about=problems):
        done = self.segue(name, self.project, *words, "--format", "sarif", "--quiet")
        try:
            sarif = json.loads(done.stdout)
        except ValueError:
            return Step(name, max(done.returncode, 2), "could not run", log=done.stderr.strip() or done.stdout.strip())
        return Step(name, done.returncode, about(sarif), sarif, log=done.stderr.strip() if done.returncode > 1 else "")

    def check(self):
        return self.sarif_step("check", *(["--strict"] if self.arguments.strict else []), *self.params)

    def fmt(self, unformatted):
        folder = pathlib.Path(self.arguments.project)
        done = self.segue("fmt", "--check", "--quiet", str(folder.parent if folder.suffix in (".yaml", ".yml") else folder))
        if done.returncode > 1:
            return Step("fmt", done.returncode, "could not run", log=done.stderr.strip())
        unformatted += [from_root(line) for line in done.stdout.splitlines() if line.endswith(".seg")]
        about = f"{counted(len(unformatted), 'file')} to format: run `segue fmt`" if unformatted else "formatted"
        return Step("fmt", done.returncode, about, log=done.stderr.strip() if done.returncode and not unformatted else "")

    def test(self):
        def about(sarif):
            counts = sarif["runs"][0].get("properties", {})
            return f"{counts['passed']:,} passed, {counts['failed']:,} failed" if counts else problems(sarif)
        data = [*self.reading] if self.arguments.data else ["--no-data"]
        return self.sarif_step("test", *data, *self.params, *self.clock, about=about)

    def prove(self):
        def about(sarif):
            counts = sarif["runs"][0].get("properties", {})
            told = {**counts, "findings": 0}
            parts = [f"{number:,} {name}" for name, number in told.items() if number]
            parts += [counted(counts["findings"], "finding")] if counts.get("findings") else []
            return ", ".join(parts) or problems(sarif)
        return self.sarif_step("prove", *(["--strict"] if self.arguments.strict else []), *self.params, *self.clock, about=about)

    def diff(self):
        if not self.base:
            return Step("diff", 0, "left out: there is nothing to compare with", is_left_out=True)
        fails = [] if self.arguments.fail_on in ("", "nothing") else ["--fail-on", self.arguments.fail_on]
        data = [*self.reading] if self.arguments.data else ["--no-data"]
        done = self.segue("diff", self.base, "--project", self.project, "--format", "markdown", "--quiet", *fails, *data, *self.params, *self.clock)
        if done.returncode > 1 or (done.returncode == 1 and not done.stdout.strip()):
            return Step("diff", done.returncode, "could not run", log=done.stderr.strip())
        shown = next((line for line in done.stdout.splitlines() if line.strip()), "")
        about = shown.replace("*", "").lstrip("# ").strip() if done.returncode == 0 else f"fails on {self.arguments.fail_on}"
        return Step("diff", done.returncode, about, markdown=done.stdout, log="")


def from_root(path):
    """A path from the current folder as one from the root of the repository."""
    root = git("rev-parse", "--show-toplevel")
    whole = pathlib.Path(path).resolve()
    if root.returncode:
        return path
    return os.path.relpath(whole, pathlib.Path(root.stdout.strip()).resolve()).replace(os.sep, "/")


def branch_point(base):
    """Where this branch left `base`: what has come to the base since is no part of the change."""
    if not base:
        return ""
    if git("rev-parse", "--verify", "--quiet", f"{base}^{{commit}}").returncode:
        raise Broken(f"the revision `{base}` is not in this clone; fetch the whole history (`fetch-depth: 0` of actions/checkout, "
                     "GIT_DEPTH: 0 of GitLab)")
    common = git("merge-base", base, "HEAD")
    if common.returncode:
        raise Broken(f"`{base}` and the change have no common commit in this clone; fetch the whole history (`fetch-depth: 0` of "
                     "actions/checkout, GIT_DEPTH: 0 of GitLab)")
    return common.stdout.strip()


def run_all(arguments, host_base):
    """All steps that were asked for; those that need sound rules are left out where `check` finds errors."""
    wanted = arguments.steps
    base = branch_point(arguments.base or host_base) if "diff" in wanted else ""
    runner, review = Runner(arguments, base), Review(arguments.project, [], [])
    obstacle = ""
    if "check" in wanted:
        review.steps.append(runner.check())
        obstacle = obstacle_of(review.steps[0])
    if "fmt" in wanted:
        review.steps.append(runner.fmt(review.unformatted))
    for name in ("test", "prove", "diff"):
        if name in wanted:
            review.steps.append(Step(name, 0, f"left out: {obstacle}", is_left_out=True) if obstacle else getattr(runner, name)())
    return review


def obstacle_of(check):
    """Why what needs sound rules is left out."""
    if check.code > 1:
        return "`check` could not run"
    return "the rules have errors" if levels(check.sarif)[0] else ""
