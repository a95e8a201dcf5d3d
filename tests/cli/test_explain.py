"""`segue explain`: the document, and what people read."""
from command import AS_OF, CommandTest


def nodes(tree):
    yield tree
    for child in tree["children"]:
        yield from nodes(child)


class Explain(CommandTest):
    def explain(self, *words):
        return self.segue("explain", "--format", "json", *AS_OF, *words)

    def test_the_document(self):
        result = self.explain("icp", "A1")
        self.assert_code(result, 0)
        document = result.json
        self.assertEqual((document["format"], document["definition"], document["account"]), ("segue.explain/1", "icp", "A1"))
        self.assertEqual((document["value"], document["undetermined"], document["diagnostics"]), (True, False, []))
        for node in nodes(document["tree"]):
            self.assertTrue({"text", "value", "missing", "span", "operands", "children"} <= set(node), node)
        leaf = next(n for n in nodes(document["tree"]) if n["text"] == "industry in [Software, Fintech]")
        self.assertEqual(leaf["value"], True)
        self.assertEqual([(o["text"], o["value"]) for o in leaf["operands"]], [("industry", "Software")])
        self.assertEqual(leaf["span"]["start"], {"line": 8, "column": 17})
        self.assertEqual(leaf["span"]["file"], "segments/rules.seg")

    def test_definitions_are_followed(self):
        texts = {n["text"]: n for n in nodes(self.explain("icp", "A1").json["tree"])}
        self.assertIn("employees >= min_employees", texts)
        self.assertIn({"text": "employees", "value": 900}, [{k: o[k] for k in ("text", "value")} for o in texts["employees >= min_employees"]["operands"]])

    def test_a_missing_value_is_null_and_the_answer_undetermined(self):
        document = self.explain("icp", "A4").json
        self.assertEqual((document["value"], document["undetermined"]), (False, True))
        leaf = next(n for n in nodes(document["tree"]) if n["text"] == "employees >= min_employees")
        employees = next(o for o in leaf["operands"] if o["text"] == "employees")
        self.assertEqual((leaf["value"], employees["value"]), (False, None))

    def test_a_score_has_its_number(self):
        document = self.explain("interest", "A1").json
        self.assertEqual(document["value"], 20.5)

    def test_a_project_may_stand_before(self):
        result = self.segue("explain", str(self.folder), "icp", "A1", *AS_OF, cwd="/")
        self.assert_code(result, 0)

    def test_a_define_can_be_explained(self):
        self.assertEqual(self.explain("big", "A2").json["value"], True)

    def test_unknown_names_and_keys_are_the_callers_fault(self):
        for words, code, says in ((["ipc", "A1"], "unknown-definition", "did you mean `icp`?"), (["icp", "A11"], "unknown-account", "A11")):
            result = self.explain(*words)
            self.assert_code(result, 2)
            self.assertEqual(result.codes(), [code])
            self.assertIn(says, result.err)
            self.assertEqual((result.json["value"], result.json["tree"]), (None, None))
            text = self.segue("explain", *words, *AS_OF)
            self.assertEqual((text.code, text.out), (2, ""))

    def test_people_read_yes_and_no_and_the_values(self):
        text = self.segue("explain", "icp", "A3", *AS_OF).out
        self.assertIn('icp "Ideal customer profile" for "A3"', text)
        self.assertIn("✗ no", text)
        self.assertIn("industry is Retail", text)
        self.assertIn("missing", self.segue("explain", "icp", "A4", *AS_OF).out)
