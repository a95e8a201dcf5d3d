#!/usr/bin/env python3
"""Reviews a change of rules: runs `segue check`, `fmt --check`, `test`, `prove` and `diff`, and tells the reviewer.

On a pull request of GitHub or a merge request of GitLab it annotates lines, writes SARIF and a code-quality report, and keeps one
comment up to date. Anywhere else it prints the same Markdown. Python's standard library only; docs/code-review.md has the details.

Each option has a variable of the environment, SEGUE_ and its name in capitals (`--fail-on` is SEGUE_FAIL_ON), which is what the
GitHub Action and the GitLab template set. Exit code: 0; 1 when a step fails; 2 when the call or its surroundings are at fault.
"""
import argparse
import os
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import findings  # noqa: E402
import hosts  # noqa: E402
import markdown  # noqa: E402
import steps  # noqa: E402

ALL_STEPS = ["check", "fmt", "test", "prove", "diff"]


def words_of(text):
    """Entries of a list, one a line or separated by blanks or commas."""
    return [word for line in text.splitlines() for word in line.replace(",", " ").split()]


def lines_of(text):
    """Entries of a list, one a line: paths may hold blanks."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def is_yes(text):
    if text.lower() not in ("yes", "no", "true", "false"):
        raise argparse.ArgumentTypeError(f"takes `yes` or `no`, not `{text}`")
    return text.lower() in ("yes", "true")


def read_arguments(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)

    def add(flag, default, about, **more):
        given = os.environ.get("SEGUE_" + flag[2:].upper().replace("-", "_"), "")
        parser.add_argument(flag, default=given or default, help=f"{about} ({default!r})", **more)

    add("--project", ".", "folder of the project, or its .yaml file, from the root of the repository")
    add("--base", "", "the revision to compare with; of a pull or merge request where it branched off")
    add("--steps", " ".join(ALL_STEPS), "which steps to run", type=words_of)
    add("--fail-on", "breaking", "what fails `segue diff`, as its option `--fail-on` takes it; `nothing`: it never fails")
    add("--strict", "no", "warnings of `check` and findings of `prove` fail", type=is_yes)
    add("--data", "yes", "whether the tables can be read where this runs", type=is_yes)
    add("--as-of", "", "the time that `now` means")
    add("--sources", "", "other files for tables, TABLE=PATH, one a line", type=lines_of)
    add("--params", "", "other values for params, NAME=VALUE, one a line", type=lines_of)
    add("--comment", "yes", "whether to comment on the pull or merge request", type=is_yes)
    add("--token", "", "of the API; never printed")
    add("--segue", "segue", "the command")
    add("--host", "", "github, gitlab or none; left out, the one whose CI this runs in")
    add("--out", "segue-review", "the folder for segue.sarif, code-quality.json and review.md")
    arguments = parser.parse_args(words)
    if arguments.host not in ("", "github", "gitlab", "none"):
        parser.error(f"there is no host `{arguments.host}`; there are github, gitlab and none")
    unknown = [step for step in arguments.steps if step not in ALL_STEPS]
    if unknown:
        parser.error(f"there is no step `{unknown[0]}`; there are {', '.join(ALL_STEPS)}")
    return arguments


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def work(arguments, host):
    review = steps.run_all(arguments, host.base())
    sarif = findings.merged([step.sarif for step in review.steps if step.sarif])
    found = findings.of_sarif(sarif) + findings.of_format(review.unformatted)
    text = markdown.document(review, found, host.commit())
    folder = pathlib.Path(arguments.out)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {"sarif": write(folder, "segue.sarif", findings.dump(findings.with_format(sarif, review.unformatted))),
             "code-quality": write(folder, "code-quality.json", findings.dump(findings.code_quality(found))),
             "markdown": write(folder, "review.md", text)}
    for step in review.steps:
        print(f"{step.mark} {step.name}: {step.about}", file=sys.stderr)
        if step.log and step.code > 1:
            print(step.log, file=sys.stderr)
    host.show(found, text)
    code = review.exit_code()
    host.set_outputs({**paths, "result": {0: "passed", 1: "failed"}.get(code, "broken")})
    if arguments.comment:
        host.comment(markdown.marker(arguments.project), markdown.cut(text, host.longest))
    return code


def main():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    arguments = read_arguments(sys.argv[1:])
    try:
        sys.exit(work(arguments, hosts.host_of(arguments)))
    except (steps.Broken, hosts.Broken) as error:
        print(f"segue review: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
