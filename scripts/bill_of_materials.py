"""Writes the wheel's bill of materials: what it carries that others made (PEP 770), in CycloneDX's JSON.

`python scripts/bill_of_materials.py VERSION SERIAL_NUMBER FILE`; hatch_build.py runs it when the zip or the version is new.

https://peps.python.org/pep-0770/
https://cyclonedx.org/docs/1.6/json/
"""

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime, timezone
from email.parser import HeaderParser
from pathlib import Path
from uuid import UUID

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from hatchling.builders.utils import get_reproducible_timestamp
from packageurl import PackageURL

SOURCE = Path(__file__).parents[1] / "constructs"
ZIP = SOURCE / "cdk_partnercentral" / "function.zip"
MODEL = SOURCE / "cdk_partnercentral" / "_validation" / "service-2.json"


def package(name: str, version: str, license_: str) -> Component:
    """Return a package of PyPI. The licence is its metadata's word for it: an SPDX expression, or another text."""
    purl = PackageURL("pypi", name=name.lower().replace("_", "-"), version=version)
    licenses = [LicenseFactory().make_from_string(license_)]
    return Component(name=name, version=version, purl=purl, bom_ref=str(purl), licenses=licenses)


def carried(path: Path, *parts: Component) -> Component:
    """Return a file that the wheel carries, by its name in there, and what it is made of."""
    name = path.relative_to(SOURCE).as_posix()
    digest = HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(path.read_bytes()).hexdigest())
    return Component(type=ComponentType.FILE, name=name, bom_ref=name, hashes=[digest], components=parts)


def packages_inside() -> Iterator[Component]:
    """Yield the packages that the zip brings, as their own metadata in it tells."""
    with zipfile.ZipFile(ZIP) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".dist-info/METADATA"):
                told = HeaderParser().parsestr(archive.read(name).decode())
                yield package(told["Name"], told["Version"], told["License-Expression"] or told["License"])


def bill(version: str, serial_number: str) -> Bom:
    """Return the bill of a version of the wheel. The same wheel has the same bill, so the time in it is none of the clock."""
    wheel = package("cdk-partnercentral", version, "Apache-2.0")
    inside = list(packages_inside())
    function = carried(ZIP, *inside)
    model = carried(MODEL)
    made = Bom(
        serial_number=UUID(serial_number),
        metadata=BomMetaData(
            component=wheel, timestamp=datetime.fromtimestamp(get_reproducible_timestamp(), timezone.utc)
        ),
        components=[function, model],
    )
    made.register_dependency(wheel, [function, model])
    made.register_dependency(function, inside)
    # It was trimmed from botocore's own.
    made.register_dependency(model, [part for part in inside if part.name == "botocore"])
    return made


def main(version: str, serial_number: str, file: str) -> None:
    """Write the bill."""
    text = JsonV1Dot6(bill(version, serial_number)).output_as_string(indent=2)
    Path(file).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
