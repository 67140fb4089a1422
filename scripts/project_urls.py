"""Derive the project's URLs on PyPI from the public addresses in zensical.toml. hatchling uses this module."""

from pathlib import Path
from typing import Any

from hatchling.metadata.core import load_toml
from hatchling.metadata.plugin.interface import MetadataHookInterface


def urls(site: dict[str, Any]) -> dict[str, str]:
    """Return the URLs by their labels, or nothing for an address that is not known yet."""
    found = {"Documentation": site["site_url"]} if "site_url" in site else {}
    if repository := site.get("repo_url"):
        found["Source"] = repository
        found["Issues"] = f"{repository}/issues"
        found["Changelog"] = f"{repository}/blob/main/CHANGELOG.md"
    return found


class ProjectUrls(MetadataHookInterface):
    """The hook that hatchling runs when it reads the project's metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the URLs."""
        metadata["urls"] = urls(load_toml(str(Path(self.root) / "zensical.toml"))["project"])
