#!/usr/bin/env bash
# Print the path of a Python 3.14, the runtime of the function, and install one into .python/ if there is none.
#
# The packages come from a newer release of Debian, which the package source of a Debian machine also serves. Nothing outside
# .python/ changes, and root is not required: the packages are unpacked with all libraries that they need, C library included.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD/.python
wrapper=$root/python3.14

fail() {
  printf '%s\n' "$1" "Install Python 3.14 in another way, for example with: uv python install 3.14" >&2
  exit 1
}

# Print the machine's own source of Debian packages, with the suite $1 instead of its suites.
source_of() {
  awk -v suite="$1" '
    BEGIN { RS = ""; FS = OFS = "\n" }
    /(^|\n)URIs:/ && /(^|\n)Types:[^\n]*deb/ && !/(^|\n)Suites:[^\n]*-security/ && !/(^|\n)Enabled: *no/ && !found {
      for (i = 1; i <= NF; i++) if ($i ~ /^Suites:/) $i = "Suites: " suite
      print
      found = 1
    }' /etc/apt/sources.list.d/*.sources
}

# Download the packages of the suite $1 into $work/cache/archives.
download() {
  source_of "$1" > "$work/sources/debian.sources"
  local options=(
    -qq
    -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources" -o Dir::Etc::preferencesparts=/dev/null
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache"
    # No package counts as installed, so apt downloads every library.
    -o Dir::State::status="$work/status"
    -o APT::Sandbox::User=root -o Debug::NoLocking=true
  )
  apt-get "${options[@]}" update &&
    # awslambdaric needs libstdc++6.
    apt-get "${options[@]}" --no-install-recommends -y --download-only install python3.14 python3.14-venv libstdc++6
}

install_python() {
  rm -rf "$root"
  work=$root/work
  mkdir -p "$work"/{sources,lists/partial,cache/archives/partial} "$root"/usr/{bin,sbin,lib,lib64}
  touch "$work/status"
  trap 'rm -rf "$root"' EXIT
  local suite folder package loader
  # Each release of Debian has one or two versions of Python, and 3.14 leaves them one day.
  for suite in forky sid none; do
    [ "$suite" != none ] || fail "No suite of Debian that was tried has Python 3.14. See the messages of apt-get above."
    echo "Downloading Python 3.14 from the Debian suite $suite" >&2
    if download "$suite" >&2; then
      break
    fi
  done
  for folder in bin sbin lib lib64; do
    ln -s "usr/$folder" "$root/$folder"
  done
  for package in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink
  done
  rm -rf "$work"
  # `python3.14 -m venv` installs pip from these wheels.
  sed -i "s|/usr/share/python-wheels|$root&|" "$root"/usr/lib/python3.14/_sysconfig*
  loader=$(echo "$root"/usr/lib/*-linux-gnu*/ld-linux-*.so.*)
  # The interpreter needs the C library that it was built for, so its own loader must start it.
  cat > "$wrapper.part" << END
#!/bin/sh
exec "$loader" --library-path "${loader%/*}" --argv0 "\$0" "$root/usr/bin/python3.14" "\$@"
END
  chmod +x "$wrapper.part"
  # Without byte code of the standard library, every start would compile it.
  "$wrapper.part" -m compileall -q "$root/usr/lib/python3.14" > /dev/null
  mv "$wrapper.part" "$wrapper"
  trap - EXIT
}

if scripts/find_python.sh 3.14 2> /dev/null; then
  exit
fi
if ! command -v apt-get > /dev/null || [ -z "$(source_of forky 2> /dev/null)" ]; then
  fail "There is no Python 3.14, and this machine has no package source of Debian in /etc/apt/sources.list.d/*.sources."
fi
install_python
scripts/find_python.sh 3.14 || fail "The Python 3.14 in .python/ does not start."
