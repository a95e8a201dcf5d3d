"""Checks that a folder includes only what its CMake link line names, and that each third-party library is seen in its one folder.

Usage: includes.py ROOT BUILD. BUILD/links.json is written by CMake (segue_library): one line for each library, with its folder and links.
"""
import json
import pathlib
import re
import sys

# The architecture: the libraries that each library may link to, directly or not. Tests and bindings may use all.
FRONT = ["segue_source", "segue_diagnostics", "segue_syntax", "segue_schema", "segue_check"]
BELOW = ["segue_runtime", "segue_stdlib"]
ALLOWED = {
    "segue_runtime": [],
    "segue_runtime_io": BELOW,
    "segue_prepared": BELOW,
    "segue_kept": BELOW,
    "segue_stdlib": ["segue_runtime"],
    "segue_source": [],
    "segue_diagnostics": FRONT[:1],
    "segue_syntax": FRONT[:2],
    "segue_schema": FRONT[:3] + BELOW,
    "segue_check": FRONT[:4] + BELOW,
    "segue_plan": FRONT + BELOW,
    "segue_codegen": FRONT + BELOW + ["segue_plan", "segue_machine", "segue_kept"],
    "segue_machine": ["segue_runtime"],
    "segue_interpret": FRONT + BELOW,
    "segue_prove": FRONT + BELOW,
}

# Third-party headers and the folders that may see them, sources and headers alike.
SEEN_IN = {
    r"llvm": ["compiler/machine"],
    r"antlr4-runtime|antlr/": ["compiler/syntax"],
    r"yaml-cpp/": ["compiler/schema"],
    r"re2/|utf8proc|date/|nettle/": ["stdlib"],
    r"arrow/|parquet/": ["runtime/io"],
    r"z3": ["compiler/prove"],
    r"CLI/": ["tools"],
    r"catch2/": ["tests"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def read_links(path):
    libraries = [json.loads(line) for line in path.read_text().splitlines() if line]
    return {library["name"]: library for library in libraries}


def reachable(name, libraries):
    seen, todo = set(), [name]
    while todo:
        for link in libraries[todo.pop()]["links"]:
            if link in libraries and link not in seen:
                seen.add(link)
                todo.append(link)
    return seen


def owner(path, folders):
    """The library whose folder holds `path`, the innermost one."""
    for parent in pathlib.PurePosixPath(path).parents:
        if str(parent) in folders:
            return folders[str(parent)]
    return None


def link_findings(libraries):
    for name, allowed in ALLOWED.items():
        if name not in libraries:
            yield f"{name}: the architecture names this library, and CMake has none"
            continue
        for link in sorted(reachable(name, libraries) - set(allowed)):
            yield f"{libraries[name]['folder']}/CMakeLists.txt: {name} links to {link}, which the architecture does not allow"


def include_findings(file, text, libraries, folders):
    mine = owner(file, folders)
    links = reachable(mine, libraries) | {mine} if mine else set()
    for match in INCLUDE.finditer(text):
        header, line = match.group(1), text.count("\n", 0, match.start()) + 1
        theirs = owner(header, folders)
        if mine and theirs and theirs not in links:
            yield f"{file}:{line}: includes {header} of {theirs}, which is not on the link line of {mine}"
        for pattern, where in SEEN_IN.items():
            if re.match(pattern, header) and not any(file.startswith(folder + "/") for folder in where + ["tests"]):
                yield f"{file}:{line}: includes {header}, which only {', '.join(where)} may see"


def main():
    root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    libraries = read_links(build / "links.json")
    folders = {library["folder"]: name for name, library in libraries.items()}
    findings = list(link_findings(libraries))
    for top in ("bindings", "compiler", "runtime", "stdlib", "tools", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cpp", ".def"):
                findings += include_findings(path.relative_to(root).as_posix(), path.read_text(), libraries, folders)
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
