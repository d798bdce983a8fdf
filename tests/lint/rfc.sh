# Every RFC that a source file cites stands in an index: proto/README.md, or rules/README.md for others.
python3 - <<'PYTHON'
import pathlib
import re
import sys

rows = [line for index in ("proto/README.md", "rules/README.md") for line in open(index) if line.startswith("|")]
# The first column of a row holds the numbers: "| 1035, 1123 | ..."
indexed = {number for row in rows for number in re.findall(r"\b\d{3,5}\b", row.split("|")[1])}
bad = []
for folder in ("proto", "conf", "rules", "server", "tests"):
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if file.suffix not in (".h", ".cpp"):
            continue
        cited = set(re.findall(r"\bRFC[ -]?(\d{3,5})\b", file.read_text(errors="replace")))
        bad += [f"{file}: RFC {number} is in no index" for number in sorted(cited - indexed)]
print("\n".join(bad))
sys.exit(bool(bad))
PYTHON
