"""`segue report`: where the page goes, codes, and the document for scripts. What the page draws is tested in a browser (tests/report)."""
from command import AS_OF, CommandTest


class Report(CommandTest):
    def test_document(self):
        done = self.segue("report", *AS_OF, "--format", "json")
        self.assertEqual(done.code, 0, done.err)
        document = done.json
        self.assertEqual(document["format"], "segue.report/1")
        self.assertEqual(document["run"]["format"], "segue.run/1")
        self.assertEqual(document["doc"]["format"], "segue.doc/1")
        sizes = {answer["name"]: answer.get("accounts", answer.get("size")) for answer in document["run"]["definitions"]}
        for funnel in document["funnels"]["funnels"]:
            steps = [step["accounts"] for step in funnel["steps"]]
            self.assertEqual(steps, sorted(steps, reverse=True))
            self.assertEqual(steps[-1], sizes[funnel["definition"]])
        overlaps = document["overlaps"]
        for place, name in enumerate(overlaps["sets"]):
            self.assertEqual(sum(each["accounts"] for each in overlaps["intersections"] if place in each["sets"]), sizes[name])
        self.assertEqual(sum(each["accounts"] for each in overlaps["intersections"]), document["run"]["accounts"])
        for score in document["scores"]:
            self.assertEqual(sum(bar["accounts"] for bar in score["bars"]) + score["infinite"], document["run"]["accounts"])

    def test_out(self):
        self.assertEqual(self.segue("report").code, 2)
        self.assertEqual(self.segue("report", "--out", "nowhere/page.html").code, 2)
        self.assertEqual(self.segue("report", "--out", ".").code, 2)
        done = self.segue("report", "--out", "page.html", "--no-data")
        self.assertEqual((done.code, done.err), (0, "wrote page.html\n"))
        printed = self.segue("report", "--out", "-", "--no-data", *AS_OF)
        self.assertTrue(printed.out.startswith("<!DOCTYPE html>"))
