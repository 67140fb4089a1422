"""Where the suite works: folders, and nothing else."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "benchmarks"
# Ignored by git: the competitors' code as it is run.
WORK = ROOT / ".bench"
