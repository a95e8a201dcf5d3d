"""Calls the command, and holds what it gave."""
import json
import os
import subprocess


class Done:
    """Exit code, texts, and the JSON document where standard output is one."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        try:
            self.document = json.loads(out)
        except ValueError:
            self.document = None

    def crashed(self):
        return self.code not in (0, 1, 2)

    def summary(self):
        if self.document and self.document.get("diagnostics"):
            return "; ".join(f"{d['code']}: {d['message']}" for d in self.document["diagnostics"][:3])
        return " ".join((self.err or self.out).split())[:400]


def call(segue, *words, cwd, stdin=b""):
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LANG", "LC_CTYPE", "FORCE_COLOR")}
    environment["LC_ALL"] = "C.UTF-8"
    try:
        done = subprocess.run([str(segue), *words], cwd=cwd, input=stdin, capture_output=True, timeout=120, env=environment)
    except subprocess.TimeoutExpired:
        return Done(-1, "", "no answer within two minutes")
    return Done(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
