"""Check the installed aws-cdk-lib. `make setup` runs this check after each change to the pinned packages.

aws-cdk-lib and aws-cdk-cloud-assembly-schema both contain `aws_cdk/cloud_assembly_schema/__init__.py`. The package that is
installed last overwrites the file of the other package. Only the file of aws-cdk-lib works:
https://github.com/aws/aws-cdk/issues/38482
"""

import sys

from aws_cdk.cloud_assembly_schema import MetadataEntry

EXPECTED = "aws-cdk-lib.cloud_assembly_schema.MetadataEntry"

if __name__ == "__main__":
    found = getattr(MetadataEntry, "__jsii_type__", None)
    if found != EXPECTED:
        sys.exit(
            f"aws_cdk.cloud_assembly_schema defines {found}, not {EXPECTED}: another package overwrote a file of aws-cdk-lib.\n"
            "Run `make clean setup`, which installs aws-cdk-lib last."
        )
