"""`make audit-dependencies`: are there known weaknesses in what is installed here?

Asks the advisory service by pip-audit. Where it can't be reached, or does not know a package, that
is said and is no failure: then nothing is known, and somebody must look where there is a network.
"""

import json
import subprocess
import sys


def main() -> int:
    """Print what was found; 1 if there is a known weakness."""
    options = ["--local", "--skip-editable", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "pip_audit", *options], capture_output=True, text=True, check=False
    )
    try:
        rows = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        words = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:300]
        sys.stdout.write(f"NOT LOOKED AT: the advisory service gave no answer ({words})\n")
        return 0
    unknown = [row["name"] for row in rows if "skip_reason" in row]
    weak = [row for row in rows if row.get("vulns")]
    for row in weak:
        for one in row["vulns"]:
            fixed = ", ".join(one.get("fix_versions", ())) or "no version yet"
            sys.stdout.write(f"{row['name']} {row['version']}: {one['id']}, mended in {fixed}\n")
    known = len(rows) - len(unknown)
    sys.stdout.write(f"{known} packages looked up, {len(weak)} of them with known weaknesses\n")
    if unknown:
        names = ", ".join(unknown[:8]) + (", …" if len(unknown) > 8 else "")
        sys.stdout.write(
            f"NOT LOOKED AT, the service does not know them: {len(unknown)} ({names})\n"
        )
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
