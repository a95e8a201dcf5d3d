"""Runs one suite of end-to-end tests: run.py SUITE PATH-OF-SEGUE [unittest arguments]. SUITE is `all` for all of them."""
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import command  # noqa: E402

if __name__ == "__main__":
    suite, command.SEGUE = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    names = sorted(p.stem for p in HERE.glob("test_*.py")) if suite == "all" else ["test_" + suite]
    tests = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromName(name) for name in names)
    result = unittest.TextTestRunner(verbosity=1).run(tests)
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)
