"""Runs the tests of what reviews call: run.py SEGUE [unittest arguments]."""
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "integrations/review"))
import review_case  # noqa: E402

if __name__ == "__main__":
    review_case.SEGUE = pathlib.Path(sys.argv[1]).resolve()
    names = sorted(p.stem for p in HERE.glob("test_*.py"))
    tests = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromName(name) for name in names)
    result = unittest.TextTestRunner(verbosity=1).run(tests)
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)
