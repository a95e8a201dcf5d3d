"""The action, the template and the hooks fit the script and the command."""
import re
import subprocess
import unittest

import review_case
from review_case import ROOT, ReviewCase, clean_environment

SCRIPT = (ROOT / "integrations/review/review.py").read_text(encoding="utf-8")
OPTIONS = {"SEGUE_" + flag.upper().replace("-", "_") for flag in re.findall(r'add\("--([a-z-]+)"', SCRIPT)}


class Files(unittest.TestCase):
    def test_the_action_hands_over_each_option(self):
        action = (ROOT / "integrations/github/action.yml").read_text(encoding="utf-8")
        self.assertEqual(set(re.findall(r"^        (SEGUE_\w+):", action, re.M)), OPTIONS)
        inputs = set(re.findall(r"^  ([a-z-]+):$", action.split("outputs:")[0].split("inputs:")[1], re.M))
        self.assertEqual(set(re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", action)), inputs)

    def test_the_template_sets_options_that_there_are(self):
        template = (ROOT / "integrations/gitlab/segue.gitlab-ci.yml").read_text(encoding="utf-8")
        found = set(re.findall(r"^    (SEGUE_\w+):", template, re.M)) - {"SEGUE_REVIEW"}
        self.assertTrue(found and found <= OPTIONS, found)

    def test_the_files_are_yaml(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("there is no YAML reader")
        for name in ("integrations/github/action.yml", "integrations/gitlab/segue.gitlab-ci.yml", ".pre-commit-hooks.yaml"):
            self.assertTrue(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")), name)


class Hooks(ReviewCase):
    """What pre-commit would call, with the files that it would hand over."""

    def call(self, name, *files):
        text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
        block = re.search(rf"- id: {name}\n(.*?)(?=\n- id|\Z)", text, re.S).group(1)
        entry = re.search(r"entry: segue (.+)", block).group(1).split()
        pattern = re.search(r"files: (.+)", block).group(1)
        handed = [f for f in files if re.search(pattern, f)]
        words = entry + (handed if "pass_filenames: false" not in block else ["rules"])
        return handed, subprocess.run([str(review_case.SEGUE), *words], cwd=self.folder, text=True, capture_output=True, env=clean_environment())

    def test_fmt_mends_the_files_that_are_handed_over(self):
        self.write("rules/segments/bad layout.seg", "segment b {where employees>1}\n")
        handed, done = self.call("segue-fmt", "rules/segments/bad layout.seg", "rules/data/accounts.csv")
        self.assertEqual((handed, done.returncode), (["rules/segments/bad layout.seg"], 0), done.stderr)
        self.assertIn("where employees > 1", (self.folder / "rules/segments/bad layout.seg").read_text())

    def test_check_looks_at_the_whole_project(self):
        handed, done = self.call("segue-check", "rules/schema.yaml")
        self.assertEqual((handed, done.returncode), (["rules/schema.yaml"], 0), done.stderr)
        self.write("rules/segments/bad.seg", "segment b {\n  where nothing > 1\n}\n")
        self.assertEqual(self.call("segue-check", "rules/segments/bad.seg")[1].returncode, 1)
