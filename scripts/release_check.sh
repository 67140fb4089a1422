#!/usr/bin/env bash
# Check whether the current commit can be released, and print every problem.
# Run `make release-check` before you create the tag. The release workflow runs `make release-check TAG=v1.2.3` on the tag.
set -uo pipefail
tag=${1:-}
version=$(python -m hatchling version)
head=$(git rev-parse HEAD)
main=$(git rev-parse --verify --quiet origin/main || git rev-parse --verify --quiet main)
problems=0

problem() {
  printf -- '- %s\n' "$1" >&2
  problems=1
}

[ -z "$(git status --porcelain)" ] || problem "There are uncommitted changes: $(git status --porcelain | tr '\n' ' ')"
if [ -n "$tag" ]; then
  [ "$tag" = "v$version" ] || problem "The tag is $tag, but the version is $version."
  [ "$(git rev-parse --verify --quiet "refs/tags/$tag^{commit}")" = "$head" ] || problem "The tag $tag is not at HEAD."
  git merge-base --is-ancestor "$head" "${main:-none}" 2> /dev/null || problem "HEAD is not on main."
else
  ! git rev-parse --verify --quiet "refs/tags/v$version" > /dev/null || problem "The tag v$version already exists."
  [ "$head" = "$main" ] || problem "HEAD is not the newest commit of main."
fi
make --silent release-notes TAG="v$version" > /dev/null 2>&1 || problem "CHANGELOG.md needs entries under '## [$version] - <date>'."
! make --silent release-notes TAG=Unreleased > /dev/null 2>&1 || problem "CHANGELOG.md has entries under [Unreleased]."

[ "$problems" = 0 ] && echo "Ready to release $version."
exit "$problems"
