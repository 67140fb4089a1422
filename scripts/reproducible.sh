#!/usr/bin/env bash
# Build the last commit twice, in different folders and environments, and compare the files byte by byte.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() {
  git clone --quiet . "$work/$1"
  (cd "$work/$1" && python -m hatchling build --directory dist > /dev/null && cp constructs/cdk_partnercentral/function.zip dist)
}

(umask 022 && TZ=UTC PYTHONHASHSEED=1 build one)
(umask 077 && TZ=Asia/Kathmandu PYTHONHASHSEED=2 LC_ALL=C build "another place")
diff --recursive --brief "$work/one/dist" "$work/another place/dist"
cd "$work/one/dist" && python -c 'import hashlib, sys; [print(hashlib.sha256(open(f, "rb").read()).hexdigest(), f) for f in sys.argv[1:]]' *
