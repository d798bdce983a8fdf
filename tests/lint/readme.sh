# The README shows the shipped Exim ACL and option as they are.
python3 - <<'PYTHON'
import re
import sys

readme = open("README.md").read()
bad = []
for file in ("conf/exim/main.conf", "conf/exim/acl_check_data.conf"):
    text = re.sub(r"^(#.*\n)+", "", open(file).read())
    if text.strip() not in readme:
        bad.append(f"README.md does not show {file} as it is")
print("\n".join(bad), end="")
sys.exit(bool(bad))
PYTHON
