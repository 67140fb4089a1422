#!/usr/bin/env bash
# Print the path of a Python of the version $1, for example 3.12. If there is none, print how to install one, and exit with status 1.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1
export PATH=$PATH:.venv/bin

for found in \
  "python$version" \
  "$(uv --no-config --quiet python find --no-python-downloads --managed-python "$version" 2> /dev/null || true)" \
  "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python \
  "$PWD/.python/python$version"; do
  # A name on PATH can be a shim that only reports that the version is not selected.
  if "$found" -c "import sys; assert '%d.%d' % sys.version_info[:2] == '$version'; print(sys.executable)" 2> /dev/null; then
    exit
  fi
done
how=".venv/bin/uv python install $version"
[ "$version" != 3.14 ] || how="scripts/python_3_14.sh (on Debian) or $how"
echo "Python $version is not at hand. Install it with $how" >&2
exit 1
