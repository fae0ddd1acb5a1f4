"""Asks for known vulnerabilities of everything that is installed. Fails where there is one; where nobody can be
asked it says so and goes on."""

import json
import subprocess
import sys

ASK = ("-m", "pip_audit", "--local", "--progress-spinner", "off", "--timeout", "15", "--format", "json")


def main() -> int:
    asked = subprocess.run([sys.executable, *ASK], capture_output=True, text=True)
    try:
        packages = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (asked.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"Audit: not done, the advisory service cannot be asked from here ({reason}).")
        return 0
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    audited = len(packages) - len(unknown)
    found = [(package, hole) for package in packages for hole in package.get("vulns", [])]
    for package, hole in found:
        fixed = ", ".join(hole["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {hole['id']}, fixed in {fixed}")
    if unknown:
        print(
            f"Audit: {audited} packages audited; the advisory service does not tell of {len(unknown)} others."
        )
    else:
        print(f"Audit: {audited} packages, {len(found)} known vulnerabilities.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
